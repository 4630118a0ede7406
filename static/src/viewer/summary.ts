// What is kept of a run of events when the events themselves make room: facts for the panels, activity, snapshots. Pure.

import type { WireEvent } from '../wire/batch.ts'
import { RR_SOURCE, isSnapshot, sourceOf } from '../wire/rrweb.ts'
import type { Stretch } from './idle.ts'

/** An event for the panels. `at` is ms since the stream began. `data` was written by a stranger. */
export interface Fact {
  at: number
  kind: string
  data: unknown
}

export interface Size {
  at: number
  width: number
  height: number
}

export interface Summary {
  facts: Fact[]
  /** When something happened to see, joined over pauses of less than a second. */
  activity: Stretch[]
  /** When this tab was in the foreground of the visitor's attention. */
  activations: number[]
  sizes: Size[]
}

const SHOWN = new Set(['console', 'error', 'request', 'page', 'click', 'visibility', 'identify', 'track', 'shed', 'end'])
const JOIN_MS = 1000
const ACTIVATION_MS = 500
const QUIET_SOURCES = new Set<number>([RR_SOURCE.selection, RR_SOURCE.log])

export const emptySummary = (): Summary => ({ facts: [], activity: [], activations: [], sizes: [] })

/** Adds events to a summary, in order. */
export const summarise = (events: readonly WireEvent[], summary: Summary = emptySummary()): Summary => {
  for (const event of events) addEvent(event, summary)
  return summary
}

const addEvent = (event: WireEvent, summary: Summary): void => {
  const { at, kind } = event
  if (SHOWN.has(kind)) summary.facts.push({ at, kind, data: event.data })
  if (isActivity(event)) addActivity(at, summary.activity)
  if (isAttention(event)) addActivation(at, summary.activations)
  const size = sizeOf(event)
  if (size) summary.sizes.push({ at, ...size })
}

type Dom = { type: number; data: unknown }
const domOf = (event: WireEvent): Dom | null =>
  event.kind === 'dom' && typeof event.data === 'object' && event.data !== null ? (event.data as Dom) : null

const isActivity = (event: WireEvent): boolean => {
  const dom = domOf(event)
  if (dom) return !QUIET_SOURCES.has(sourceOf(dom))
  return event.kind === 'pointer' || event.kind === 'click' || event.kind === 'page'
}

const isAttention = (event: WireEvent): boolean =>
  event.kind === 'pointer' ||
  event.kind === 'click' ||
  (event.kind === 'visibility' && (event.data as { state?: unknown } | null)?.state === 'visible')

export const isSnapshotEvent = (event: WireEvent): boolean => {
  const dom = domOf(event)
  return dom !== null && isSnapshot(dom)
}

const addActivity = (at: number, activity: Stretch[]): void => {
  const last = activity.at(-1)
  if (last && at <= last.to + JOIN_MS) last.to = Math.max(last.to, at)
  else activity.push({ from: at, to: at })
}

const addActivation = (at: number, activations: number[]): void => {
  const last = activations.at(-1)
  if (last === undefined || at >= last + ACTIVATION_MS) activations.push(at)
}

/** The viewport's size where the event says one. */
export const sizeOf = (event: WireEvent): { width: number; height: number } | null => {
  const dom = domOf(event)
  const data = dom ? (dom.type === 4 || sourceOf(dom) === RR_SOURCE.viewportResize ? dom.data : null) : event.kind === 'viewport' ? event.data : null
  const { width, height } = (data ?? {}) as { width?: unknown; height?: unknown }
  return typeof width === 'number' && typeof height === 'number' && width > 0 && height > 0 ? { width, height } : null
}
