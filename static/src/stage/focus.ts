// A dialog that opens takes the focus, and with it the member's keyboard. In the replay it opens without: while it does,
// nothing in it can be focused.

type Opens = 'show' | 'showModal'

/** Lets dialogs of this window open without taking the focus. */
export const keepFocus = (view: Window & typeof globalThis): void => {
  const dialog = view.HTMLDialogElement.prototype
  for (const name of ['show', 'showModal'] satisfies Opens[]) dialog[name] = without(dialog[name])
}

const without = (open: HTMLDialogElement[Opens]) =>
  function (this: HTMLDialogElement): void {
    const { inert } = this
    this.inert = true
    try {
      open.call(this)
    } finally {
      this.inert = inert
    }
  }
