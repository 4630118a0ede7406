/** What a form field may show of its value. */
import { masked, SENSITIVE_MASK } from './mask.ts'
import { inputRule, type Mark, type Policy, type Rule, textRule } from './policy.ts'

/** `label`: the value is a text of the page. `choice`: what matters is whether it is checked. `typed`: the visitor's. */
export type FieldKind = 'label' | 'choice' | 'typed'

export function fieldKind(tag: string, type: string): FieldKind {
  if (tag !== 'input') return tag === 'button' ? 'label' : 'typed'
  if (/^(?:submit|button|reset|image)$/i.test(type)) return 'label'
  return /^(?:checkbox|radio)$/i.test(type) ? 'choice' : 'typed'
}

export function fieldValue(value: string, kind: FieldKind, sensitive: boolean, policy: Policy, mark: Mark): string {
  if (sensitive) return value && SENSITIVE_MASK
  const rule: Rule = kind === 'typed' ? inputRule(policy, mark) : textRule(policy, mark)
  return masked(value, rule)
}

/** Whether a choice is shown: `balanced` shows boxes and radios, but nothing that was marked, nor anything in `strict`. */
export const showsChoice = (policy: Policy, mark: Mark): boolean => textRule(policy, mark) !== 'hide'
