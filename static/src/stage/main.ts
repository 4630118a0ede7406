// The stage's page script. One message from the app's origin brings a port; all else goes through that port.

import { HANDSHAKE } from './protocol.ts'
import type { ToStage } from './protocol.ts'
import css from './stage.css?inline'
import { Stage } from './stage.ts'

const root = document.getElementById('stage')
const origin = root?.dataset['appOrigin']

const meet = (event: MessageEvent<unknown>): void => {
  const port = event.ports[0]
  if (!root || event.origin !== origin || event.source !== window.parent || event.data !== HANDSHAKE || !port) return
  window.removeEventListener('message', meet)
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  document.adoptedStyleSheets = [sheet]
  const stage = new Stage(root, (message) => port.postMessage(message))
  port.onmessage = ({ data }: MessageEvent<ToStage>) => stage.receive(data)
  port.postMessage({ t: 'ready' })
}

if (origin && window.parent !== window) window.addEventListener('message', meet)
