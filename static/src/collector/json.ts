/** JSON for the wire. */

/**
 * As `JSON.stringify`, but half surrogate pairs, which pages do contain and strict decoders refuse, become U+FFFD.
 * `JSON.stringify` writes exactly those as escapes. As it does, answers undefined for what has no JSON.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json?.includes('\\ud')) return json
  return json.replace(/(\\\\)|\\ud[89a-f][0-9a-f]{2}/g, (_match, slash: string | undefined) => slash ?? '\\ufffd')
}
