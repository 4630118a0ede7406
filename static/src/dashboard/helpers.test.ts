// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { cleanQuery } from './filters.ts'
import { ago, refreshTimes, span } from './times.ts'

describe('filters', () => {
  it('leave empty fields out of the address', () => {
    const fields: [string, string][] = [['q', '  basil '], ['device', ''], ['from', ' '], ['live', 'on']]
    expect(cleanQuery(fields)).toBe('q=basil&live=on')
  })
})

describe('times', () => {
  it('count like a clock', () => {
    expect([0, 61_000, 3_723_000, -5].map(span)).toEqual(['0:00', '1:01', '1:02:03', '0:00'])
  })

  it('say how long ago', () => {
    expect(ago(0, 3000)).toBe('just now')
    expect(ago(0, 5 * 60_000)).toMatch(/5/)
    expect(ago(10_000, 0)).toBe('just now')
  })

  it('leave what is no date alone', () => {
    document.body.innerHTML = '<time data-ago datetime="x">then</time><time data-since datetime="1970-01-01T00:00:00Z"></time>'
    refreshTimes(document, 5000)
    expect([...document.querySelectorAll('time')].map((time) => time.textContent)).toEqual(['then', '0:05'])
  })
})
