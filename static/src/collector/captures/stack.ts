/** The frames of a stack as engines write them (V8; Firefox and Safari), without the message that may stand before them. */

const FRAME = /^\s+at .*(?::\d+:\d+|<anonymous>|native|index \d+)\)?$|^\S*@(?:\S+:\d+:\d+|\[native code\])$/

/** Messages have lines that look like frames, so it is cut off where it is known. Addresses lose their queries. */
export function framesOf(stack: string, message = ''): string[] {
  const at = message ? stack.indexOf(message) : -1
  const rest = at >= 0 && !stack.slice(0, at).includes('\n') ? stack.slice(at + message.length) : stack
  return rest.split('\n').flatMap((line) => (FRAME.test(line) ? line.replace(/[?#][^\s:)]*/g, '') : []))
}
