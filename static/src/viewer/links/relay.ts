// The tail over a WebSocket (`/ws/watch`).

import type { WatchGrant } from '../api.ts'
import { TailTalk } from './link.ts'
import type { LinkEvents, TailLink } from './link.ts'

export const openRelay = (grant: WatchGrant, events: LinkEvents): TailLink => {
  const socket = new WebSocket(grant.watch)
  socket.binaryType = 'arraybuffer'
  const talk = new TailTalk(events, (text) => socket.readyState === WebSocket.OPEN && socket.send(text), () => socket.close())
  socket.onopen = () => talk.say({ t: 'watch', token: grant.token })
  socket.onmessage = ({ data }) => talk.receive(data)
  socket.onclose = () => talk.end()
  return { kind: 'relay', close: () => socket.close() }
}
