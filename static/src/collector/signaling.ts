/** The signaling socket: hello → welcome, then offers, answers and candidates. Reconnects with the stream's token. */
import { decodeSignal } from '../wire/control.ts'
import type { SignalHello, SignalToPeer, SignalWelcome } from '../wire/generated.ts'
import { guarded, later } from './guard.ts'
import { toJson } from './json.ts'
import { backoff, jittered } from './links/backoff.ts'
import { codeOfClose, fateOf } from './links/fate.ts'
import type { RtcRoute, RtcSignaling } from './links/rtc.ts'

const LATER_MS = 60_000

export interface SignalingParts {
  readonly url: string
  /** Asked at each connection: the second one has a token to show. */
  readonly hello: () => SignalHello
  readonly on: {
    welcome(welcome: SignalWelcome): void
    /** An agent is there (again). */
    restart(): void
    /** The socket is gone, for now. */
    lost(): void
    /** The server refused for good. */
    refused(code: string): void
  }
}

export interface Signaling extends RtcSignaling {
  connect(): void
  /** The server was reached another way: no need to wait any longer. */
  nudge(): void
  /** Whether the server has said welcome on the socket that is open now. */
  readonly isOpen: boolean
  close(): void
}

export function createSignaling({ url, hello, on }: SignalingParts): Signaling {
  const routes = new Map<string, RtcRoute>()
  let socket: WebSocket | undefined
  let welcomed = false
  let closed = false
  let failures = 0
  let timer: number | undefined
  let refusal = ''

  function connect(): void {
    if (closed) return
    clearTimeout(timer)
    timer = undefined
    refusal = ''
    const mine = (socket = new WebSocket(url))
    mine.onopen = guarded(() => mine.send(toJson(hello())))
    mine.onmessage = guarded(({ data }) => mine === socket && typeof data === 'string' && onText(data))
    mine.onclose = guarded(({ code }) => mine === socket && onClose(refusal || codeOfClose(code)))
  }

  function onText(text: string): void {
    let message: SignalToPeer
    try {
      message = decodeSignal(text)
    } catch {
      // A newer server may say what this version does not know.
      return
    }
    onMessage(message)
  }

  function onMessage(message: SignalToPeer): void {
    switch (message.t) {
      case 'welcome':
        welcomed = true
        failures = 0
        return on.welcome(message)
      case 'restart':
        return on.restart()
      case 'answer':
        return routes.get(message.connection)?.onAnswer(message)
      case 'candidate':
        return routes.get(message.connection)?.onCandidate(message)
      case 'bye':
        return routes.get(message.connection)?.onEnd()
      case 'error':
        if (message.connection) routes.get(message.connection)?.onEnd()
        else refusal = message.code
    }
  }

  function onClose(code: string): void {
    socket = undefined
    welcomed = false
    if (closed) return
    const fate = fateOf(code)
    if (fate === 'stop' || fate === 'renew') return on.refused(code)
    on.lost()
    timer = later(connect, fate === 'later' ? jittered(LATER_MS) : backoff(failures++))
  }

  return {
    connect,
    nudge() {
      if (timer !== undefined) connect()
    },
    send(message) {
      if (welcomed && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
    },
    route(connection, handlers) {
      routes.set(connection, handlers)
      return () => routes.delete(connection)
    },
    get isOpen() {
      return welcomed
    },
    close() {
      closed = true
      clearTimeout(timer)
      socket?.close()
    },
  }
}
