// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LINK_DEAD_MS } from '../../wire/generated.ts'
import { decodeFrame } from '../../wire/frame.ts'
import { createOutbox, type Outbox } from '../outbox.ts'
import { createCarrier } from './carrier.ts'
import { createLadder, type Ladder } from './ladder.ts'
import type { Link, LinkHandlers, LinkKind } from './link.ts'

/** A link whose other end is the test. */
class FakeLink implements Link {
  readonly kind: LinkKind
  readonly handlers: LinkHandlers
  readonly texts: { t: string; [field: string]: unknown }[] = []
  readonly seqs: number[] = []
  closed = false
  answersPings = true
  waits = 0

  constructor(kind: LinkKind, handlers: LinkHandlers) {
    this.kind = kind
    this.handlers = handlers
  }
  sendText(text: string) {
    const message = JSON.parse(text)
    this.texts.push(message)
    if (message.t === 'ping' && this.answersPings) queueMicrotask(() => this.say({ t: 'pong', n: message.n }))
  }
  sendFrame(frame: Uint8Array) {
    this.seqs.push(decodeFrame(frame).seq)
  }
  buffered = () => this.waits
  close() {
    this.closed = true
  }
  say(message: object) {
    if (!this.closed) this.handlers.onText(JSON.stringify(message))
  }
  open(seq = -1, credit = 1_000_000) {
    this.handlers.onOpen()
    this.say({ t: 'have', seq, credit, live: false })
  }
}

let links: FakeLink[]
let outbox: Outbox
let ladder: Ladder
let told: (string | undefined)[]
let rtcThere: boolean

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  links = []
  told = []
  rtcThere = true
  outbox = createOutbox(false)
  outbox.open('00112233-4455-6677-8899-aabbccddeeff')
  ladder = createLadder({
    make: (kind, on) =>
      kind === 'rtc' && !rtcThere
        ? undefined
        : createCarrier({
            connect: (handlers) => {
              const link = new FakeLink(kind, handlers)
              links.push(link)
              return link
            },
            outbox,
            token: 'token',
            now: () => 12,
            on: { ...on, live: () => {} },
          }),
    onLink: (kind) => told.push(kind),
    onOver: (renew, code) => told.push(`over ${renew} ${code}`),
  })
  outbox.onFrames = () => ladder.pump()
})
afterEach(() => {
  ladder.close()
  vi.useRealTimers()
})

const frames = (count: number) => {
  for (let index = 0; index < count; index++) {
    outbox.add('track', { name: 'a', properties: {} }, index)
    outbox.flush(true)
  }
}
const last = (kind: LinkKind): FakeLink => {
  const link = links.findLast((one) => one.kind === kind)
  if (!link) throw new Error(`no ${kind}`)
  return link
}
const count = (kind: LinkKind) => links.filter((one) => one.kind === kind).length

test('begins on the relay, moves to rtc when it opens, repeats and loses nothing', () => {
  frames(2)
  ladder.start()
  last('relay').open()
  expect(last('relay').texts[0]).toEqual({ t: 'resume', token: 'token', version: 1 })
  expect(last('relay').seqs).toEqual([0, 1])
  last('rtc').open(1)
  expect(last('relay').closed).toBe(true)
  frames(2)
  expect(last('rtc').seqs).toEqual([2, 3])
  expect(told).toEqual(['relay', 'rtc'])
})

test('the server says how far it has come, and that is sent again', () => {
  frames(3)
  ladder.start()
  last('relay').open()
  last('relay').say({ t: 'ack', seq: 0 })
  last('rtc').open(0)
  expect(last('rtc').seqs).toEqual([1, 2])
})

test('a link whose pings stay unanswered dies within seconds, and the relay goes on', async () => {
  ladder.start()
  last('relay').open()
  last('rtc').open()
  const dead = last('rtc')
  dead.answersPings = false
  frames(1)
  await vi.advanceTimersByTimeAsync(LINK_DEAD_MS + 2_500)
  expect(dead.closed).toBe(true)
  last('relay').open()
  expect(last('relay').seqs).toEqual([0])
  expect(told).toEqual(['relay', 'rtc', undefined, 'relay'])
})

test('what another link had brought is acked on the new one, which goes on behind it', () => {
  frames(60)
  ladder.start()
  last('rtc').waits = 1_000_000
  last('rtc').open()
  expect(last('rtc').seqs).toEqual([])
  last('rtc').waits = 0
  last('rtc').say({ t: 'ack', seq: 39 })
  expect(last('rtc').seqs[0]).toBe(40)
  expect(last('rtc').seqs).toHaveLength(20)
  frames(1)
  expect(last('rtc').seqs.at(-1)).toBe(60)
})

test('a have that is older than the last ack of the link before loses nothing', () => {
  frames(4)
  ladder.start()
  const [relay, rtc] = [last('relay'), last('rtc')]
  relay.open()
  rtc.handlers.onOpen()
  relay.say({ t: 'ack', seq: 3 })
  rtc.say({ t: 'have', seq: 1, credit: 1_000_000, live: false })
  expect(told.at(-1)).toBe('rtc')
  expect(rtc.seqs).toEqual([2, 3])
  rtc.say({ t: 'ack', seq: 3 })
  expect(outbox.first).toBe(4)
})

test('what was acked while a link was opened that came to nothing is let go', () => {
  frames(4)
  ladder.start()
  const [relay, rtc] = [last('relay'), last('rtc')]
  relay.open()
  rtc.handlers.onOpen()
  relay.say({ t: 'ack', seq: 3 })
  expect(outbox.first).toBe(0)
  rtc.handlers.onClose(1006)
  expect(outbox.first).toBe(4)
})

test('pings answered but nothing acked: the store is behind, the link stays', async () => {
  ladder.start()
  last('relay').open()
  const relay = last('relay')
  frames(3)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(relay.closed).toBe(false)
  expect(outbox.first).toBe(0)
})

test('up again with growing waits, and at once when an agent is there', async () => {
  ladder.start()
  last('relay').open()
  last('rtc').handlers.onClose(0)
  await vi.advanceTimersByTimeAsync(2_100)
  expect(count('rtc')).toBe(2)
  last('rtc').handlers.onClose(0)
  await vi.advanceTimersByTimeAsync(4_900)
  expect(count('rtc')).toBe(2)
  ladder.tryRtc()
  expect(count('rtc')).toBe(3)
  last('rtc').handlers.onClose(0)
  await vi.advanceTimersByTimeAsync(2_100)
  expect(count('rtc')).toBe(4)
  last('rtc').open()
  expect(told.at(-1)).toBe('rtc')
})

test('a server that is away is asked again and again, ever more rarely', async () => {
  rtcThere = false
  ladder.start()
  for (const [failures, wait] of [500, 1_000, 2_000, 3_000, 3_000].entries()) {
    last('relay').handlers.onClose(1006)
    await vi.advanceTimersByTimeAsync(wait - 10)
    expect(count('relay')).toBe(failures + 1)
    await vi.advanceTimersByTimeAsync(20)
    expect(count('relay')).toBe(failures + 2)
  }
})

test('no more than the credit is sent, and no more than the link takes', () => {
  ladder.start()
  frames(1)
  const size = outbox.frame(0)!.length
  last('relay').open(-1, size * 2)
  frames(4)
  expect(last('relay').seqs).toEqual([0, 1])
  last('relay').say({ t: 'credit', bytes: size * 3 + 5 })
  expect(last('relay').seqs).toEqual([0, 1, 2])
  last('relay').waits = 1_000_000
  last('relay').say({ t: 'credit', bytes: 1_000_000 })
  expect(last('relay').seqs).toEqual([0, 1, 2])
  last('relay').waits = 0
  last('relay').handlers.onDrain()
  expect(last('relay').seqs).toEqual([0, 1, 2, 3, 4])
})

test('goaway: another link first, then this one closes', () => {
  rtcThere = false
  ladder.start()
  last('relay').open()
  const old = last('relay')
  old.say({ t: 'goaway', after: 5_000 })
  expect(old.closed).toBe(false)
  expect(count('relay')).toBe(2)
  last('relay').open()
  expect(old.closed).toBe(true)
})

test.each([
  ['recording_ended', 'over true recording_ended'],
  ['forbidden', 'over false forbidden'],
])('%s ends the stream', (code, over) => {
  rtcThere = false
  ladder.start()
  last('relay').open()
  last('relay').say({ t: 'error', code, message: '' })
  expect(told.at(-1)).toBe(over)
})

test('a server that has less than was acked cannot go on with this stream', () => {
  rtcThere = false
  ladder.start()
  last('relay').open()
  frames(3)
  last('relay').say({ t: 'ack', seq: 2 })
  last('relay').handlers.onClose(1006)
  vi.advanceTimersByTime(600)
  last('relay').open(0)
  expect(told.at(-1)).toBe('over true recording_ended')
})

test('the server is told the time of the stream', () => {
  ladder.start()
  last('relay').open()
  last('relay').say({ t: 'clock', n: 4 })
  expect(last('relay').texts).toContainEqual({ t: 'clocked', n: 4, at: 12 })
})

test('a page that was asleep does not take its link for dead', async () => {
  ladder.start()
  last('relay').open()
  last('relay').answersPings = false
  frames(1)
  await vi.advanceTimersByTimeAsync(1_100)
  const relay = last('relay')
  const wokeAt = performance.now() + 20_000
  vi.spyOn(performance, 'now').mockReturnValue(wokeAt)
  await vi.advanceTimersByTimeAsync(1_100)
  expect(relay.closed).toBe(false)
})
