/** A peer connection to the agent with the channels `frames` and `control` (JSEP, RFC 9429; candidates trickle, RFC 8838). */
import type { SignalAnswer, SignalCandidate, SignalIceServer, SignalOffer } from '../../wire/generated.ts'
import { type Connect, HIGH_WATER_BYTES, type Link } from './link.ts'

/** The part of signaling that one peer connection needs. */
export interface RtcSignaling {
  send(message: SignalOffer | SignalCandidate | { t: 'bye'; connection: string }): void
  /** Routes what is said about the connection of this name; call the result to end it. */
  route(connection: string, handlers: RtcRoute): () => void
}

export interface RtcRoute {
  onAnswer(answer: SignalAnswer): void
  onCandidate(candidate: SignalCandidate): void
  /** The other end does not want it, or cannot. */
  onEnd(): void
}

export const canRtc = (): boolean => typeof RTCPeerConnection === 'function'

export const rtcOver =
  (signaling: RtcSignaling, iceServers: SignalIceServer[]): Connect =>
  (handlers): Link => {
    const connection = randomName()
    const peer = new RTCPeerConnection({ iceServers: iceServers as RTCIceServer[] })
    const frames = peer.createDataChannel('frames')
    const control = peer.createDataChannel('control')
    let closed = false
    let answered = false
    const early: RTCIceCandidateInit[] = []

    const close = (): void => {
      if (closed) return
      closed = true
      unroute()
      // Said first: the agent learns of a closed connection only when its heartbeats stay away.
      signaling.send({ t: 'bye', connection })
      peer.close()
    }
    const over = (): void => {
      if (closed) return
      close()
      handlers.onClose(0)
    }
    const addCandidate = (candidate: RTCIceCandidateInit): void => {
      peer.addIceCandidate(candidate).catch(() => {})
    }

    const unroute = signaling.route(connection, {
      onAnswer({ sdp }) {
        if (answered) return
        answered = true
        peer.setRemoteDescription({ type: 'answer', sdp }).then(() => early.forEach(addCandidate), over)
      },
      onCandidate({ candidate, mid }) {
        const init = { candidate, sdpMid: mid ?? '0' }
        if (peer.remoteDescription) addCandidate(init)
        else early.push(init)
      },
      onEnd: over,
    })

    peer.onicecandidate = ({ candidate }) => {
      if (closed) return
      const line = candidate?.candidate ?? ''
      signaling.send({ t: 'candidate', connection, candidate: line, mid: candidate?.sdpMid ?? '0' })
    }
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === 'failed' || peer.connectionState === 'closed') over()
    }
    frames.binaryType = 'arraybuffer'
    frames.bufferedAmountLowThreshold = HIGH_WATER_BYTES / 2
    frames.onbufferedamountlow = () => handlers.onDrain()
    control.onmessage = ({ data }) => typeof data === 'string' && handlers.onText(data)
    for (const channel of [frames, control]) {
      channel.onclose = over
      channel.onopen = () => {
        if (frames.readyState === 'open' && control.readyState === 'open' && !closed) handlers.onOpen()
      }
    }

    const offer = async (): Promise<void> => {
      await peer.setLocalDescription()
      if (!closed) signaling.send({ t: 'offer', sdp: peer.localDescription?.sdp ?? '', connection })
    }
    offer().catch(over)

    return {
      kind: 'rtc',
      sendText: (text) => control.readyState === 'open' && control.send(text),
      sendFrame: (frame) => frames.readyState === 'open' && frames.send(frame),
      buffered: () => frames.bufferedAmount,
      close,
    }
  }

const randomName = (): string => Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join('')
