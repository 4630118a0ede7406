/** The relay: frames as binary messages, control as text messages of one WebSocket. */
import type { Connect, Link } from './link.ts'
import { HIGH_WATER_BYTES } from './link.ts'

/** A WebSocket does not say when its buffer empties. */
const DRAIN_POLL_MS = 50

export const relayTo =
  (url: string): Connect =>
  (handlers): Link => {
    let poll: number | undefined
    let closed = false
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => handlers.onOpen()
    socket.onmessage = ({ data }) => typeof data === 'string' && handlers.onText(data)
    socket.onclose = ({ code }) => over(code)

    function over(code: number): void {
      if (closed) return
      closed = true
      clearInterval(poll)
      handlers.onClose(code)
    }

    function watchBuffer(): void {
      if (poll !== undefined || socket.bufferedAmount <= HIGH_WATER_BYTES) return
      poll = window.setInterval(() => {
        if (socket.bufferedAmount > HIGH_WATER_BYTES / 2) return
        clearInterval(poll)
        poll = undefined
        handlers.onDrain()
      }, DRAIN_POLL_MS)
    }

    return {
      kind: 'relay',
      sendText: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
      sendFrame(frame) {
        if (socket.readyState !== WebSocket.OPEN) return
        socket.send(frame)
        watchBuffer()
      },
      buffered: () => socket.bufferedAmount,
      close() {
        closed = true
        clearInterval(poll)
        socket.close()
      },
    }
  }
