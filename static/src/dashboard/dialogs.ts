// <button data-dialog="id"> opens that <dialog>; [data-close] inside closes it. Without scripts the button's form works by itself.

const openerOf = (event: Event): HTMLElement | null =>
  (event.target as Element | null)?.closest<HTMLElement>('[data-dialog]') ?? null

export const enhanceDialogs = (root: Document): void => {
  root.addEventListener('click', (event) => {
    const target = event.target as Element | null
    const opener = openerOf(event)
    if (opener) {
      event.preventDefault()
      root.querySelector<HTMLDialogElement>(`dialog#${opener.dataset.dialog}`)?.showModal()
    }
    if (target?.closest('[data-close]')) target.closest('dialog')?.close()
    if (target instanceof HTMLDialogElement) target.close() // the backdrop
  })
}
