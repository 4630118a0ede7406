/** The core, as the loader loads it: takes over from the queue and begins where the script tag has a key. */
import type { LoaderState } from '../loader/state.ts'
import { createApi, type Sightline } from './api.ts'
import type { InitOptions } from './options.ts'

type Stub = ((...call: unknown[]) => void) & { q?: ArrayLike<unknown>[]; loader?: LoaderState }

const page = window as unknown as { sightline?: Stub | Sightline }
const stub = page.sightline as Stub | undefined
const loader = stub?.loader

if (stub && loader) {
  loader.release()
  const api = createApi({ origin: loader.origin, loadedAt: loader.at, early: loader.early })
  page.sightline = api
  if (loader.options.key) api.init(loader.options as InitOptions)
  const replay = api as unknown as (...call: unknown[]) => void
  for (const call of stub.q ?? []) replay(...Array.from(call))
  // A page that kept the stub in a variable goes on being heard.
  stub.q = { push: (call: ArrayLike<unknown>) => replay(...Array.from(call)) } as unknown as ArrayLike<unknown>[]
}
