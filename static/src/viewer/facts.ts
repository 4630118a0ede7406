// Facts as the panels list them. All data was written by a stranger: it is read with care and shown as text only.

import type { PlacedFact } from './timeline.ts'

export type Level = 'debug' | 'log' | 'info' | 'warn' | 'error'

export interface ConsoleRow {
  time: number
  level: Level
  text: string
  detail: string
}

export interface RequestRow {
  time: number
  method: string
  url: string
  initiator: string
  /** Null while it is pending. */
  status: number | null
  outcome: string
  duration: number | null
  /** Bytes; -1 where the browser did not say. */
  size: number
}

export type EventKind = 'page' | 'click' | 'error' | 'failed' | 'tab' | 'identify' | 'track' | 'gap' | 'shed' | 'end'

export interface EventRow {
  time: number
  kind: EventKind
  label: string
}

const LEVELS = new Set<string>(['debug', 'log', 'info', 'warn', 'error'])

const record = (data: unknown): Record<string, unknown> => (typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {})
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

export const consoleRows = (facts: readonly PlacedFact[]): ConsoleRow[] =>
  facts.flatMap((fact): ConsoleRow[] => {
    const data = record(fact.data)
    if (fact.kind === 'console') {
      const level = LEVELS.has(text(data['level'])) ? (data['level'] as Level) : 'log'
      const args = Array.isArray(data['args']) ? data['args'].map(text) : []
      return [{ time: fact.time, level, text: args.join(' '), detail: text(data['stack']) }]
    }
    if (fact.kind !== 'error') return []
    const where = text(data['source']) && `${text(data['source'])}:${text(data['line'])}:${text(data['column'])}`
    const message = text(data['message']).replace(/^Uncaught /, '')
    const said = `${data['type'] === 'rejection' ? 'Unhandled rejection:' : 'Uncaught'} ${message}`
    return [{ time: fact.time, level: 'error', text: said, detail: [text(data['stack']), where].filter(Boolean).join('\n') }]
  })

/** Requests in order of their start; start and end are joined by stream and id. */
export const requestRows = (facts: readonly PlacedFact[]): RequestRow[] => {
  const rows: RequestRow[] = []
  const open = new Map<string, RequestRow>()
  for (const fact of facts) {
    if (fact.kind !== 'request') continue
    const data = record(fact.data)
    const key = `${fact.stream} ${text(data['id'])}`
    const ended = data['phase'] === 'end'
    const duration = number(data['duration'])
    let row = open.get(key)
    if (!row) {
      row = {
        time: ended ? fact.time - (duration ?? 0) : fact.time,
        method: text(data['method']).toUpperCase(),
        url: text(data['url']),
        initiator: text(data['initiator']),
        status: null, outcome: 'pending', duration: null, size: -1,
      }
      open.set(key, row)
      rows.push(row)
    }
    if (!ended) continue
    row.status = number(data['status']) ?? 0
    row.outcome = text(data['outcome']) || 'ok'
    row.duration = duration ?? fact.time - row.time
    row.size = number(data['size']) ?? -1
  }
  return rows.sort((a, b) => a.time - b.time)
}

export const isFailed = (row: RequestRow): boolean =>
  row.status !== null && (row.status >= 400 || row.outcome === 'failed' || row.outcome === 'timeout')

/** The words of the status column. */
export const statusText = (row: RequestRow): string => {
  if (row.status === null) return 'pending'
  return row.status > 0 ? String(row.status) : row.outcome
}

export const eventRows = (facts: readonly PlacedFact[], requests: readonly RequestRow[], gaps: readonly { time: number; cause: string }[]): EventRow[] => {
  const rows = withoutFirstSight(facts).flatMap((fact) => eventRow(fact) ?? [])
  for (const row of requests.filter(isFailed)) rows.push({ time: row.time, kind: 'failed', label: `${row.method} ${pathOf(row.url)} ${statusText(row)}` })
  for (const gap of gaps) rows.push({ time: gap.time, kind: 'gap', label: gapText(gap.cause) })
  return rows.sort((a, b) => a.time - b.time)
}

/** That a tab is visible when it is first seen is no event. */
const withoutFirstSight = (facts: readonly PlacedFact[]): PlacedFact[] => {
  const left = new Set<string>()
  return facts.filter((fact) => {
    if (fact.kind !== 'visibility') return true
    const hidden = record(fact.data)['state'] === 'hidden'
    const tells = hidden || left.has(fact.stream)
    if (hidden) left.add(fact.stream)
    else left.delete(fact.stream)
    return tells
  })
}

const eventRow = (fact: PlacedFact): EventRow | null => {
  const data = record(fact.data)
  const row = (kind: EventKind, label: string): EventRow => ({ time: fact.time, kind, label })
  switch (fact.kind) {
    case 'page':
      return row('page', text(data['title']) ? `${text(data['title'])} · ${pathOf(text(data['url']))}` : pathOf(text(data['url'])))
    case 'click':
      return row('click', text(data['name']) || 'Click')
    case 'error':
      return row('error', text(data['message']).replace(/^Uncaught /, '') || 'Error')
    case 'visibility':
      return row('tab', data['state'] === 'hidden' ? 'Left the tab' : 'Came back to the tab')
    case 'identify':
      return row('identify', `Identified as ${text(data['id'])}`)
    case 'track':
      return row('track', text(data['name']))
    case 'shed':
      return row('shed', `${text(data['count'])} × ${text(data['what'])} left out (${text(data['reason']).replace('_', ' ')})`)
    case 'end':
      return row('end', data['reason'] === 'stopped' ? 'Recording was stopped by the page' : 'Left the page')
    default:
      return null
  }
}

export const gapText = (cause: string): string =>
  cause === 'corrupt' ? 'A part of the recording is damaged' : 'A part of the recording is missing'

/** Path and query of a URL, for lists. */
export const pathOf = (url: string): string => {
  try {
    const { pathname, search, hash } = new URL(url)
    return pathname + search + hash
  } catch {
    return url
  }
}

/** The page's address at `time` in `stream`: the last `page` fact, else what the playlist says. */
export const addressAt = (facts: readonly PlacedFact[], stream: string, time: number, otherwise: string): string => {
  const page = facts.findLast((fact) => fact.kind === 'page' && fact.stream === stream && fact.time <= time)
  return page ? text(record(page.data)['url']) : otherwise
}
