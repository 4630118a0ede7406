// <button data-copy="#id"> copies the text of that element, <button data-copy-text="…"> its own value.
import { toast } from './toasts.ts'

export const copyText = async (text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text)
    toast('Copied to the clipboard.', 'success')
  } catch {
    toast('The browser did not allow copying. Select the text and copy it by hand.', 'error')
  }
}

const textFor = (button: HTMLElement): string => {
  const { copy, copyText: own } = button.dataset
  if (own !== undefined) return own
  return (copy && document.querySelector(copy)?.textContent?.trim()) || ''
}

export const enhanceCopyButtons = (root: Document): void => {
  root.addEventListener('click', (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>('[data-copy], [data-copy-text]')
    if (button) void copyText(textFor(button))
  })
}
