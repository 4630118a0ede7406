/** The little of Node's file system that the tests use to read the golden vectors; nothing else here runs in Node. */
declare module 'node:fs' {
  export function readFileSync(path: URL): Uint8Array
  export function readFileSync(path: URL, encoding: 'utf8'): string
  export function readdirSync(path: URL): string[]
}
