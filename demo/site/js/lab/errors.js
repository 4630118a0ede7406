import { onPress } from './on.js'

class GreenhouseError extends Error {
  name = 'GreenhouseError'
}

const openWindow = (number) => {
  throw new GreenhouseError(`Window ${number} is stuck`, { cause: new RangeError('The hinge is rusty') })
}

export function wireErrors() {
  onPress('throw-error', () => openWindow(4))
  onPress('throw-type-error', () => {
    const plant = { name: 'Monstera' }
    plant.water()
  })
  onPress('throw-later', () => setTimeout(() => openWindow(7), 50))
  onPress('reject-error', () => { Promise.reject(new GreenhouseError('The heating did not start')) })
  onPress('reject-text', () => { Promise.reject('a text, not an error') })
}
