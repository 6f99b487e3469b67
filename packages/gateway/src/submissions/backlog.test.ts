import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBacklog } from './backlog.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false
  void promise.then(() => (settled = true))
  await vi.advanceTimersByTimeAsync(0)
  return settled
}

test('there is room below the capacity', async () => {
  const backlog = createBacklog(2)
  backlog.add()
  expect(await isSettled(backlog.room())).toBe(true)
})

test('over the capacity a submission waits until the worker has made room, the first one first', async () => {
  const backlog = createBacklog(1)
  backlog.add()
  backlog.add()
  const [first, second] = [backlog.room(), backlog.room()]
  backlog.remove(1)
  expect(await isSettled(first)).toBe(false)
  backlog.remove(1)
  expect(await isSettled(first)).toBe(true)
  expect(await isSettled(second)).toBe(false)
})

test('no submission waits longer than a quarter of a second', async () => {
  const backlog = createBacklog(0)
  const room = backlog.room()
  await vi.advanceTimersByTimeAsync(249)
  expect(await isSettled(room)).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await isSettled(room)).toBe(true)
})

test('work of earlier processes counts for nothing', async () => {
  const backlog = createBacklog(1)
  backlog.remove(10)
  backlog.add()
  expect(await isSettled(backlog.room())).toBe(false)
})
