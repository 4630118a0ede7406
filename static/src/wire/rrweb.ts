// rrweb's event model, as far as `dom` events carry it (field names and numbers of @rrweb/types 2.1.6).

export const RR_TYPE = { snapshot: 2, incremental: 3, meta: 4 } as const

export const RR_SOURCE = {
  mutation: 0,
  mouseMove: 1,
  mouseInteraction: 2,
  scroll: 3,
  viewportResize: 4,
  input: 5,
  touchMove: 6,
  mediaInteraction: 7,
  styleSheetRule: 8,
  canvasMutation: 9,
  font: 10,
  log: 11,
  drag: 12,
  styleDeclaration: 13,
  selection: 14,
  adoptedStyleSheet: 15,
  customElement: 16,
} as const

/** Node types of a serialised tree. */
export const RR_NODE = { document: 0, doctype: 1, element: 2, text: 3, cdata: 4, comment: 5 } as const

/** One change of the page; `data` was written by a stranger. */
export interface RrEvent {
  type: number
  data: unknown
  timestamp: number
}

/** A `dom` event of the log as rrweb's replayer takes it; `at` in ms becomes its timestamp. */
export const toRrweb = (at: number, dom: { type: number; data: unknown }): RrEvent => ({
  type: dom.type,
  data: dom.data,
  timestamp: at,
})

export const isSnapshot = (dom: { type: number }): boolean => dom.type === RR_TYPE.snapshot

/** The incremental source of a `dom` event, or -1. */
export const sourceOf = (dom: { type: number; data: unknown }): number => {
  if (dom.type !== RR_TYPE.incremental || typeof dom.data !== 'object' || dom.data === null) return -1
  const source = (dom.data as { source?: unknown }).source
  return typeof source === 'number' ? source : -1
}
