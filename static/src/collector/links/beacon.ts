/** The tail of a page that goes away: one POST that outlives it, without a preflight and without credentials. */
import { joined } from '../../wire/batch.ts'

/** Browsers bound all keepalive bodies in flight together to 64 KiB. */
export const BEACON_BYTES = 60 * 1024

/** As it was when this script ran: what the collector lays over it later does not hear of the collector's own. */
const nativeFetch = globalThis.fetch

/** Sends the frames from `first` on, as many as fit. Answers how many went. */
export function sendBeacon(
  origin: string,
  token: string,
  first: number,
  frameAt: (seq: number) => Uint8Array<ArrayBuffer> | undefined,
): number {
  const parts: Uint8Array[] = [new TextEncoder().encode(`${token}\n`)]
  let bytes = parts[0]!.length
  for (let frame = frameAt(first); frame && bytes + frame.length <= BEACON_BYTES; frame = frameAt(first + parts.length - 1)) {
    parts.push(frame)
    bytes += frame.length
  }
  if (parts.length > 1) post(`${origin}/ingest/beacon`, joined(parts))
  return parts.length - 1
}

function post(url: string, body: Uint8Array<ArrayBuffer>): void {
  const sent: unknown = nativeFetch(url, {
    method: 'POST',
    body: new Blob([body], { type: 'text/plain' }),
    keepalive: true,
    mode: 'no-cors',
    credentials: 'omit',
    referrerPolicy: 'origin',
  })
  // The page's own stand-in for fetch may answer anything.
  Promise.resolve(sent).catch(() => {})
}
