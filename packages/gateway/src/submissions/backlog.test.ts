import { createFakeClock } from '@qmtl/contracts/testing'
import { expect, test } from 'vitest'
import { createBacklog } from './backlog.ts'

/** A backlog of so many, while plans are made at so many per second. */
function backlogOf(size: number, perSecond: number) {
  const clock = createFakeClock()
  const backlog = createBacklog(clock)
  for (let count = 0; count < size + perSecond; count++) backlog.add()
  clock.advance(1_000)
  backlog.remove(perSecond)
  return { backlog, clock }
}

for (const [size, perSecond, ms] of [
  [200, 10, 0],
  [1_600, 1_000, 0],
  [2_100, 1_000, 50],
  [4_200, 2_000, 50],
  [840, 400, 50],
  [3_000, 500, 250],
] as const) {
  test(`with ${size} waiting and ${perSecond} plans a second a submission waits ${ms} ms`, () => {
    expect(backlogOf(size, perSecond).backlog.delayMs()).toBeCloseTo(ms)
  })
}

test('nobody waits before the first plan, nor for what earlier processes left', () => {
  const backlog = createBacklog(createFakeClock())
  for (let count = 0; count < 10_000; count++) backlog.add()
  expect(backlog.delayMs()).toBe(0)
  const other = createBacklog(createFakeClock())
  other.remove(500)
  other.add()
  expect(other.delayMs()).toBe(0)
})

test('the wait shortens as the backlog does', () => {
  const { backlog, clock } = backlogOf(3_500, 1_000)
  const before = backlog.delayMs()
  clock.advance(1_000)
  backlog.remove(1_000)
  expect(backlog.delayMs()).toBeLessThan(before)
})

test('a pause without work does not count as slow work', () => {
  const { backlog, clock } = backlogOf(0, 1_000)
  clock.advance(60_000)
  for (let count = 0; count < 1_500; count++) backlog.add()
  clock.advance(500)
  backlog.remove(500)
  expect(backlog.delayMs()).toBe(0)
})

test('nobody waits for what another process has worked on', () => {
  const { backlog, clock } = backlogOf(3_000, 500)
  expect(backlog.delayMs()).toBe(250)
  backlog.limit(10)
  expect(backlog.delayMs()).toBe(0)
  backlog.remove(10)
  clock.advance(3_600_000)
  backlog.limit(0)
  backlog.add()
  expect(backlog.delayMs()).toBe(0)
})
