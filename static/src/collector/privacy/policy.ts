/** The three policies, loosest first, and what each does to a text, an input and a medium. */

export const POLICIES = ['open', 'balanced', 'strict'] as const
export type Policy = (typeof POLICIES)[number]

/** What the nearest marked ancestor says: `data-sl-mask`, `data-sl-unmask`, or nothing. */
export type Mark = 'mask' | 'unmask' | ''

/** `hide`: every character. `patterns`: e-mail addresses and long numbers. `keep`: nothing. */
export type Rule = 'hide' | 'patterns' | 'keep'

export const isPolicy = (value: unknown): value is Policy => POLICIES.includes(value as Policy)

export const stricter = (one: Policy, other: Policy): Policy =>
  POLICIES.indexOf(one) >= POLICIES.indexOf(other) ? one : other

export function textRule(policy: Policy, mark: Mark): Rule {
  if (mark) return mark === 'mask' ? 'hide' : 'keep'
  return policy === 'strict' ? 'hide' : policy === 'balanced' ? 'patterns' : 'keep'
}

/** For what a visitor types or chooses; sensitive fields are hidden whatever this says. */
export function inputRule(policy: Policy, mark: Mark): Rule {
  if (mark) return mark === 'mask' ? 'hide' : 'keep'
  return policy === 'open' ? 'keep' : 'hide'
}

/** What `strict` leaves out, unless it is unmasked: pictures show people and documents. */
export const MEDIA = 'img,picture,video,audio,canvas,object,embed,image,input[type=image]'
