// The filters of the list: a plain GET form; here it applies itself and swaps the results without leaving the page.
import { refreshTimes } from './times.ts'
import { toast } from './toasts.ts'

const TYPING_MS = 250

export const cleanQuery = (data: Iterable<[string, FormDataEntryValue]>): string => {
  const query = new URLSearchParams()
  for (const [name, value] of data) if (typeof value === 'string' && value.trim()) query.append(name, value.trim())
  return query.toString()
}

export const enhanceFilters = (root: Document): void => {
  const form = root.querySelector<HTMLFormElement>('form.filters')
  const results = root.querySelector<HTMLElement>('#results')
  if (!form || !results) return
  form.classList.add('enhanced')

  let typing = 0
  let asked = new AbortController()

  const show = async (url: string, push: boolean): Promise<void> => {
    asked.abort()
    asked = new AbortController()
    results.ariaBusy = 'true'
    try {
      const answer = await fetch(url, { signal: asked.signal, headers: { Accept: 'text/html' } })
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#results')
      if (!answer.ok || !fresh) return location.assign(url)
      results.replaceChildren(...fresh.childNodes)
      refreshTimes(results)
      if (push) history.pushState(null, '', url)
      results.ariaBusy = 'false'
    } catch (error) {
      if ((error as Error).name === 'AbortError') return
      results.ariaBusy = 'false'
      toast('The list could not be loaded. Check the connection and try again.', 'error')
    }
  }

  const apply = (): void => {
    clearTimeout(typing)
    const query = cleanQuery(new FormData(form))
    void show(query ? `?${query}` : location.pathname, true)
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    apply()
  })
  form.addEventListener('change', apply)
  form.addEventListener('input', (event) => {
    if ((event.target as HTMLInputElement).type !== 'search') return
    clearTimeout(typing)
    typing = window.setTimeout(apply, TYPING_MS)
  })
  results.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest<HTMLAnchorElement>('a[data-page]')
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    void show(link.href, true).then(() => results.scrollIntoView({ block: 'start' }))
  })
  addEventListener('popstate', () => location.reload())
}
