// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import { Refresher } from './refresher.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

/** Runs that take 10 ms. */
const setup = () => {
  const answers = { well: true }
  const run = vi.fn(() => new Promise<boolean>((resolve) => setTimeout(() => resolve(answers.well), 10)))
  return { answers, run, refresher: new Refresher(run) }
}

test('it runs at once, and a flood of wishes is few runs', async () => {
  const { run, refresher } = setup()
  refresher.soon()
  expect(run).toHaveBeenCalledTimes(1)
  for (let ms = 0; ms < 1000; ms += 16) {
    refresher.soon()
    await vi.advanceTimersByTimeAsync(16)
  }
  expect(run.mock.calls.length).toBeLessThanOrEqual(5)
})

test('a wish while it runs is not lost', async () => {
  const { run, refresher } = setup()
  refresher.soon()
  refresher.soon()
  await vi.advanceTimersByTimeAsync(1000)
  expect(run).toHaveBeenCalledTimes(2)
})

test('after a failure it runs by itself, ever later, until it goes well', async () => {
  const { answers, run, refresher } = setup()
  answers.well = false
  refresher.soon()
  for (let ms = 0; ms < 60_000; ms += 16) {
    refresher.soon()
    await vi.advanceTimersByTimeAsync(16)
  }
  expect(run.mock.calls.length).toBeGreaterThan(4)
  expect(run.mock.calls.length).toBeLessThan(10)
  answers.well = true
  await vi.advanceTimersByTimeAsync(20_000)
  const runs = run.mock.calls.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(run.mock.calls.length - runs).toBeLessThanOrEqual(1)
})

test('when the server is there again, it runs at once', async () => {
  const { answers, run, refresher } = setup()
  answers.well = false
  refresher.soon()
  await vi.advanceTimersByTimeAsync(30_000)
  answers.well = true
  run.mockClear()
  refresher.hurry()
  await vi.advanceTimersByTimeAsync(300)
  expect(run).toHaveBeenCalledTimes(1)
})

test('closed, it runs no more', async () => {
  const { answers, run, refresher } = setup()
  answers.well = false
  refresher.soon()
  await vi.advanceTimersByTimeAsync(500)
  refresher.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(run).toHaveBeenCalledTimes(1)
})
