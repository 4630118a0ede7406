import { expect, test } from 'vitest'
import { Clock } from './clock.ts'
import { idleStretches, joinStretches, skipIdle } from './idle.ts'

test('time stands until it is played, and runs at its speed', () => {
  const clock = new Clock()
  expect(clock.at(500)).toBe(0)
  clock.play(1000)
  expect(clock.at(1500)).toBe(500)
  clock.setSpeed(4, 2000)
  expect(clock.at(2500)).toBe(1000 + 2000)
  clock.pause(2500)
  expect(clock.at(9999)).toBe(3000)
})

test('a seek while playing goes on from there; a hold loses no time', () => {
  const clock = new Clock()
  clock.play(0)
  clock.seek(60_000, 100)
  expect(clock.at(200)).toBe(60_100)
  clock.hold(true, 200)
  expect(clock.at(5000)).toBe(60_100)
  clock.hold(false, 5000)
  expect(clock.at(5100)).toBe(60_200)
  clock.seek(-5, 5100)
  expect(clock.at(5100)).toBe(0)
})

test('idle is what lies between activities for longer than the limit', () => {
  const activity = joinStretches([{ from: 9000, to: 9500 }, { from: 0, to: 1000 }, { from: 800, to: 2000 }])
  expect(activity).toEqual([{ from: 0, to: 2000 }, { from: 9000, to: 9500 }])
  expect(idleStretches(activity, 0, 20_000)).toEqual([{ from: 2000, to: 9000 }, { from: 9500, to: 20_000 }])
  expect(idleStretches(activity, 0, 20_000, 8000)).toEqual([{ from: 9500, to: 20_000 }])
})

test('skipping leaves a moment at both ends', () => {
  const idle = [{ from: 2000, to: 9000 }]
  expect(skipIdle(idle, 2100)).toBe(2100)
  expect(skipIdle(idle, 3000)).toBe(8600)
  expect(skipIdle(idle, 8700)).toBe(8700)
})
