// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import type { FromStage, StageEvent } from './protocol.ts'
import { Stage } from './stage.ts'

/** What the rebuilder was told: event types, and what breaks it. */
const page = vi.hoisted(() => ({ applied: [] as number[], breaks: false }))

vi.mock('./rebuilder.ts', () => ({
  createRebuilder: () => ({
    begin: () => {}, end: () => {}, hover: () => {}, resize: () => {}, pause: () => {}, destroy: () => {},
    apply: (event: { type: number }) => {
      if (page.breaks) throw new Error('broken')
      page.applied.push(event.type)
    },
    tagOf: () => 'div', parentTagOf: () => 'div', depthOf: () => 1, nodes: 3,
  }),
}))

const said: FromStage[] = []

const stageWith = (): Stage => {
  const stage = new Stage(document.createElement('div'), (message) => said.push(message))
  stage.receive({ t: 'reset' })
  return stage
}

const body = { type: 0, id: 1, childNodes: [{ type: 2, id: 2, tagName: 'html', attributes: {}, childNodes: [] }] }
const snapshot: StageEvent = { at: 0, kind: 'dom', data: { type: 2, data: { node: body, initialOffset: { left: 0, top: 0 } } } }
const scroll: StageEvent = { at: 9, kind: 'dom', data: { type: 3, data: { source: 3, id: 2, x: 0, y: 5 } } }

beforeEach(() => {
  said.length = 0
  page.applied.length = 0
  page.breaks = false
})

const KINDS = ['dom', 'pointer', 'click', 'viewport'] as const
const ODD = [null, undefined, 1, 'x', [], {}, { x: null, y: {} }, { type: 2, data: null }, { type: 3, data: null }]

test.each(KINDS)('an odd %s event changes nothing for those behind it, and the feed is answered', (kind) => {
  const stage = stageWith()
  const odd = ODD.map((data, i): StageEvent => ({ at: i, kind, data }))
  for (const fast of [true, false]) stage.receive({ t: 'feed', n: 7, events: [snapshot, ...odd, scroll], fast })
  expect(said.filter(({ t }) => t === 'fed')).toHaveLength(2)
  expect(page.applied).toEqual([2, 3, 2, 3])
})

test('a feed that breaks the page is answered all the same', () => {
  const stage = stageWith()
  page.breaks = true
  stage.receive({ t: 'feed', n: 3, events: [snapshot, scroll], fast: true })
  expect(said).toContainEqual(expect.objectContaining({ t: 'fed', n: 3 }))
})
