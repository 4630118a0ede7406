/**
 * One stream, from its first event to its last: what is recorded goes into the outbox, signaling makes the stream known,
 * the ladder finds a link. Recording starts before the server has answered; nothing is sent before it has.
 */
import type { Kinds, SignalWelcome } from '../wire/generated.ts'
import { WIRE_VERSION, WIRE_VERSION_OLDEST } from '../wire/generated.ts'
import { type Cadence, createCadence } from './cadence.ts'
import { deviceInfo, pageInfo } from './device.ts'
import { attempt, failed, guarded, listen } from './guard.ts'
import { whenQuiet } from './linger.ts'
import { sendBeacon } from './links/beacon.ts'
import { createCarrier } from './links/carrier.ts'
import { createLadder } from './links/ladder.ts'
import type { Connect, LinkKind } from './links/link.ts'
import { relayTo } from './links/relay.ts'
import { canRtc, rtcOver } from './links/rtc.ts'
import type { Options } from './options.ts'
import { createOutbox } from './outbox.ts'
import { createPauses } from './pauses.ts'
import { isPolicy, type Policy, stricter } from './privacy/policy.ts'
import { type Recording, startRecording } from './recording.ts'
import { createSignaling } from './signaling.ts'
import type { Kept, Visit } from './visit.ts'

declare const __VERSION__: string

export interface RunParts {
  readonly options: Options
  readonly visit: Visit
  readonly cause: 'load' | 'restore'
  /** When the stream begins, on the page's clock (`performance.now()`). */
  readonly began: number
  readonly on: {
    /** The server knows the stream. */
    started(recording: string, url: string): void
    link(kind: LinkKind | undefined): void
    /** The stream cannot go on. `renew`: another may. */
    over(renew: boolean, code: string): void
  }
}

export interface Run {
  emit<K extends keyof Kinds>(kind: K, data: Kinds[K], time?: number): void
  /** Where a member sees this recording; undefined until the server has answered. */
  url(withCurrentTime: boolean): string | undefined
  /** The last event; the page as it was; the tail by beacon, or by the link that is there; everything closed. */
  end(reason: 'pagehide' | 'stopped'): void
}

export function startRun({ options, visit, cause, began, on }: RunParts): Run {
  const outbox = createOutbox()
  const kept = visit.read()
  let policy: Policy = isPolicy(kept.policy) ? stricter(options.policy, kept.policy) : options.policy
  let welcome: SignalWelcome | undefined
  let recording: Recording | undefined
  let ended = false
  const tab = visit.enter()
  const sockets = options.origin.replace(/^http/, 'ws')
  const now = (): number => Math.max(0, performance.now() - began)

  const emit: Run['emit'] = (kind, data, time) => {
    if (ended) return
    outbox.add(kind, data, Math.max(0, (time ?? performance.now()) - began))
    cadence.touch()
  }
  const cadence: Cadence = createCadence(() => outbox.flush(ladder.link !== undefined))
  const record = (): Recording => startRecording({ options, policy, cause, emit })

  const signaling = createSignaling({
    url: `${sockets}/ws/signal`,
    hello: () => ({
      t: 'hello',
      key: options.key,
      versions: [WIRE_VERSION_OLDEST, WIRE_VERSION],
      collector: __VERSION__,
      at: now(),
      tab,
      page: pageInfo(policy),
      device: deviceInfo(),
      handle: visit.read().handle ?? '',
      token: welcome?.token ?? '',
    }),
    on: {
      welcome(said) {
        release()
        if (welcome) welcome = said
        else meet(said)
        if (said.rtc) ladder.tryRtc()
      },
      restart() {
        // Perhaps the first: there was none when the server said welcome.
        if (welcome) welcome = { ...welcome, rtc: true }
        ladder.tryRtc()
      },
      lost: () => release(),
      refused(code) {
        release()
        over(welcome !== undefined && (code === 'unauthorized' || code === 'recording_ended'), code)
      },
    },
  })

  const ladder = createLadder({
    make(kind, events) {
      const connect = connectOf(kind)
      if (!connect || !welcome) return undefined
      try {
        return createCarrier({
          connect,
          outbox,
          token: welcome.token,
          now,
          on: { ...events, live: (live) => cadence.setLive(live) },
        })
      } catch (error) {
        // The page's own policy may forbid the one or the other.
        failed(error)
        return undefined
      }
    },
    onLink(kind) {
      if (ended) return
      on.link(kind)
      if (!kind) return
      outbox.flush(true)
      signaling.nudge()
    },
    onOver: over,
  })

  function connectOf(kind: LinkKind): Connect | undefined {
    if (kind === 'relay') return relayTo(`${sockets}/ws/relay`)
    return canRtc() && signaling.isOpen && welcome?.rtc ? rtcOver(signaling, welcome.ice_servers) : undefined
  }

  /** First welcome of this stream. */
  function meet(said: SignalWelcome): void {
    welcome = said
    if (isPolicy(said.policy) && stricter(policy, said.policy) !== policy) {
      // What was recorded under the looser policy has not left the page, and does not.
      policy = said.policy
      recording?.stop()
      outbox.discard()
      recording = record()
    }
    const before = visit.read()
    const joins = before.recording === said.recording && typeof before.began === 'number'
    const mine: Kept = {
      handle: said.handle,
      recording: said.recording,
      began: joins ? (before.began as number) : Date.now() - now(),
      policy: said.policy,
    }
    visit.write(mine)
    outbox.open(said.stream)
    outbox.flush(false)
    ladder.start()
    on.started(said.recording, said.url)
  }

  function over(renew: boolean, code: string): void {
    if (ended) return
    close()
    on.over(renew, code)
  }

  function close(): void {
    ended = true
    unwatch()
    release()
    pauses.stop()
    recording?.stop()
    cadence.stop()
    ladder.close()
    signaling.close()
  }

  function leave(): void {
    attempt(() => welcome && sendBeacon(options.origin, welcome.token, outbox.first, outbox.frame))
    close()
  }

  outbox.onFrames = () => ladder.pump()
  const pauses = createPauses((paused) => recording?.pause(paused))
  outbox.onOverflow = pauses.over
  // What the page's own policy forbids is not tried for ever.
  const unwatch = listen<SecurityPolicyViolationEvent>(document, 'securitypolicyviolation', (event) => {
    if (welcome || event.disposition !== 'enforce' || !event.blockedURI.startsWith(sockets)) return
    failed(new Error(`The page's Content Security Policy needs connect-src ${sockets}`))
    over(false, 'forbidden')
  })
  recording = record()
  // Two tabs that open at once join one recording: the second says hello when the first one's handle is kept.
  const release = visit.exclusively(guarded(() => {
    if (!ended) signaling.connect()
  }))
  return {
    emit,
    url(withCurrentTime) {
      if (!welcome) return undefined
      const { began: start } = visit.read()
      return withCurrentTime && start !== undefined ? `${welcome.url}?t=${Math.max(0, Math.round(Date.now() - start))}` : welcome.url
    },
    end(reason) {
      if (ended) return
      recording?.stop()
      emit('end', { reason })
      ended = true
      visit.leave()
      attempt(outbox.end)
      attempt(ladder.pump)
      // Without the link, only what fits a beacon would arrive.
      if (reason === 'pagehide') leave()
      else whenQuiet(() => !!ladder.link && outbox.waiting, leave)
    },
  }
}
