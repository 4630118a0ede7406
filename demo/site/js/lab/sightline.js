import { find } from '../dom.js'
import { sightline } from '../frame.js'
import { onPress } from './on.js'

const say = (text) => { find('#sl-output').textContent = text }

function call(...words) {
  sightline(...words)
  say(`Called ${words.map((word) => JSON.stringify(word)).join(', ')}`)
}

export function wireSightline() {
  onPress('sl-identify', () => call('identify', 'visitor-7', { name: 'Rowan Alder', plan: 'garden club' }))
  onPress('sl-track', () => call('track', 'lab button', { panel: 'sightline', at: location.pathname }))
  onPress('sl-consent-yes', () => call('consent', true))
  onPress('sl-consent-no', () => call('consent', false))
  onPress('sl-start', () => call('start'))
  onPress('sl-stop', () => call('stop'))
  onPress('sl-url', async () => {
    const url = await window.sightline?.getSessionURL?.({ withCurrentTime: true })
    say(url ?? 'No session yet.')
  })
}
