import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBacklog } from './backlog.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** How long a submission waits behind so many others, with a capacity of 100. */
async function waitBehind(size: number): Promise<number> {
  const backlog = createBacklog(100)
  for (let count = 0; count < size; count++) backlog.add()
  const startedAt = Date.now()
  let tookMs: number | undefined
  void backlog.pace().then(() => (tookMs = Date.now() - startedAt))
  for (let step = 0; step < 300 && tookMs === undefined; step++) await vi.advanceTimersByTimeAsync(1)
  return tookMs ?? Infinity
}

for (const [size, ms] of [
  [0, 0],
  [100, 0],
  [150, 50],
  [200, 100],
  [350, 250],
  [100_000, 250],
] as const) {
  test(`behind ${size} of 100 a submission waits ${ms} ms`, async () => expect(await waitBehind(size)).toBe(ms))
}

test('work that earlier processes left counts for nothing', async () => {
  const backlog = createBacklog(1)
  backlog.remove(10)
  backlog.add()
  backlog.add()
  let isDone = false
  void backlog.pace().then(() => (isDone = true))
  await vi.advanceTimersByTimeAsync(99)
  expect(isDone).toBe(false)
})
