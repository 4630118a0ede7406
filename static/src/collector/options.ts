/** What the site says in `sightline('init', {...})` or on the script tag. */
import { isPolicy, type Policy } from './privacy/policy.ts'

export interface InitOptions {
  /** The project's public key. */
  key: string
  /** Where the Sightline server is. Default: where the script came from. */
  origin?: string
  /** What is masked. The project's own setting counts too: the stricter of the two wins. Default `balanced`. */
  policy?: Policy
  /** `required`: nothing is stored, sent or connected before `consent(true)`. */
  consent?: 'required' | 'given'
  /** Record although the browser says Global Privacy Control or Do Not Track. Default false. */
  ignoreOptOut?: boolean
  /** Record the console. Default true. */
  console?: boolean
  /** Record fetch and XHR. Default true. */
  network?: boolean
}

export type Options = Required<InitOptions>

/** Throws a `TypeError` that names what is wrong. */
export function settleOptions(given: Partial<InitOptions>, defaultOrigin: string): Options {
  if (typeof given.key !== 'string' || !given.key) throw new TypeError('Sightline: init needs a key.')
  const policy = given.policy ?? 'balanced'
  if (!isPolicy(policy)) throw new TypeError(`Sightline: there is no policy ${String(policy)}.`)
  return {
    key: given.key,
    origin: new URL(given.origin ?? defaultOrigin).origin,
    policy,
    consent: given.consent === 'required' ? 'required' : 'given',
    ignoreOptOut: given.ignoreOptOut === true,
    console: given.console !== false,
    network: given.network !== false,
  }
}
