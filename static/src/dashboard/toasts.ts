// Short messages in the corner. The server's own stand there already when the page comes.

const SHOWN_MS = 6000

export const toast = (text: string, level: 'success' | 'error' | 'info' = 'info'): void => {
  const list = document.querySelector('.toasts')
  if (!list) return
  const item = document.createElement('div')
  item.className = `toast toast-${level}`
  const words = document.createElement('span')
  words.textContent = text
  const close = document.createElement('button')
  close.type = 'button'
  close.ariaLabel = 'Dismiss'
  close.textContent = '✕'
  item.append(words, close)
  list.append(item)
  watch(item)
}

export const enhanceToasts = (root: Document): void => {
  for (const item of root.querySelectorAll<HTMLElement>('.toast')) watch(item)
}

// An error stays until it is dismissed.
const watch = (item: HTMLElement): void => {
  item.querySelector('button')?.addEventListener('click', () => item.remove())
  if (!item.classList.contains('toast-error')) setTimeout(() => item.remove(), SHOWN_MS)
}
