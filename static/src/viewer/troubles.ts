// What is wrong just now while the player goes on, each with a sentence for the member. The worst is shown.

import type { Errand } from './store.ts'

const ORDER = ['playlist', 'segment', 'frames', 'tail'] as const satisfies readonly (Errand | 'tail')[]

export type Trouble = (typeof ORDER)[number]

export class Troubles {
  private readonly said = new Map<Trouble, string>()

  get any(): boolean {
    return this.said.size > 0
  }

  get worst(): string {
    const worst = ORDER.find((trouble) => this.said.has(trouble))
    return worst ? (this.said.get(worst) ?? '') : ''
  }

  /** '' where it is over. True where that is news. */
  note(trouble: Trouble, message: string): boolean {
    if (message === (this.said.get(trouble) ?? '')) return false
    if (message) this.said.set(trouble, message)
    else this.said.delete(trouble)
    return true
  }
}
