// The tail over a DataChannel from the agent: signaling over `/ws/signal` (JSEP, RFC 9429), trickled candidates (RFC 8838).
// The channel is `tail`; strings are control, binary is frames.

import { decodeSignal } from '../../wire/control.ts'
import type { SignalFromPeer, SignalToPeer } from '../../wire/generated.ts'
import type { WatchGrant } from '../api.ts'
import { TailTalk } from './link.ts'
import type { LinkEvents, TailLink } from './link.ts'

const OPEN_TIMEOUT_MS = 10_000

interface Negotiation {
  socket: WebSocket
  peer: RTCPeerConnection
  connection: string
}

/** `onClose` comes once, also when no connection came about. */
export const openRtc = (grant: WatchGrant, events: LinkEvents): TailLink => {
  const socket = new WebSocket(grant.signal)
  let peer: RTCPeerConnection | null = null
  const close = (): void => {
    peer?.close()
    socket.close()
    talk.end()
  }
  const timer = setTimeout(close, OPEN_TIMEOUT_MS)
  let channel: RTCDataChannel | null = null
  const talk = new TailTalk(
    { ...events, onOpen: () => (clearTimeout(timer), events.onOpen()), onClose: (code) => (clearTimeout(timer), events.onClose(code)) },
    (text) => channel?.readyState === 'open' && channel.send(text),
    close,
  )
  const begin = (iceServers: RTCIceServer[]): void => {
    const connection = crypto.randomUUID?.() ?? String(Math.random()).slice(2)
    peer = new RTCPeerConnection({ iceServers })
    channel = peer.createDataChannel('tail')
    channel.binaryType = 'arraybuffer'
    channel.onopen = () => talk.say({ t: 'watch', token: grant.token })
    channel.onmessage = ({ data }) => talk.receive(data)
    channel.onclose = close
    peer.onconnectionstatechange = () => peer?.connectionState === 'failed' && close()
    void negotiate({ socket, peer, connection }).catch(close)
  }
  socket.onopen = () => tell(socket, { t: 'watch', token: grant.token })
  const take = async (signal: SignalToPeer): Promise<void> => {
    if (signal.t === 'error') talk.refuse(signal.code)
    if (signal.t === 'error' || signal.t === 'bye') close()
    else if (peer) await follow(peer, signal)
    else if (signal.t !== 'watching') return
    else if (signal.rtc) begin(signal.ice_servers)
    else close()
  }
  socket.onmessage = ({ data }) => {
    const signal = read(data)
    if (signal) void take(signal).catch(close)
  }
  // Once the channel is open, the signaling may go.
  socket.onclose = () => channel?.readyState !== 'open' && close()
  return { kind: 'rtc', close }
}

const tell = (socket: WebSocket, signal: SignalFromPeer): void => {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(signal))
}

const negotiate = async ({ socket, peer, connection }: Negotiation): Promise<void> => {
  peer.onicecandidate = ({ candidate }) =>
    tell(socket, { t: 'candidate', connection, candidate: candidate?.candidate ?? '', mid: candidate?.sdpMid ?? '0' })
  await peer.setLocalDescription()
  tell(socket, { t: 'offer', connection, sdp: peer.localDescription?.sdp ?? '' })
}

/** Null for what this version does not know. */
const read = (data: unknown): SignalToPeer | null => {
  try {
    return decodeSignal(String(data))
  } catch {
    return null
  }
}

const follow = async (peer: RTCPeerConnection, signal: SignalToPeer): Promise<void> => {
  if (signal.t === 'answer') await peer.setRemoteDescription({ type: 'answer', sdp: signal.sdp })
  else if (signal.t === 'candidate' && peer.remoteDescription && signal.candidate)
    await peer.addIceCandidate({ candidate: signal.candidate, sdpMid: signal.mid ?? '0' })
}
