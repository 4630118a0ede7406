import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

const frames = [new Uint8Array(30_000), new Uint8Array(20_000), new Uint8Array(20_000)]
const send = async () => (await import('./beacon.ts')).sendBeacon('https://server.example', 'token', 0, (seq) => frames[seq])

test('as many frames as fit leave in one request behind the token', async () => {
  const fetched = vi.fn(() => Promise.resolve())
  vi.stubGlobal('fetch', fetched)
  expect(await send()).toBe(2)
  const [url, { body }] = fetched.mock.calls[0] as unknown as [string, { body: Blob }]
  expect([url, body.size]).toEqual(['https://server.example/ingest/beacon', 50_006])
})

test.each([undefined, null, 7, {}])('a stand-in for fetch may answer %o', async (answer) => {
  vi.stubGlobal('fetch', () => answer)
  expect(await send()).toBe(2)
})
