import { createFakeClock, type FakeClock } from '@qmtl/contracts/testing'
import type { Wait } from '../ports.ts'

/** A clock that moves when told to, and waits that end when it has moved far enough. */
export interface FakeTime {
  readonly clock: FakeClock
  readonly wait: Wait
  /** Moves the clock and lets those continue whose time has come. */
  advance(ms: number): Promise<void>
  /** Moves the clock in small steps until the promise is settled. */
  until<Result>(promise: Promise<Result>): Promise<Result>
}

export function createFakeTime(): FakeTime {
  const clock = createFakeClock(Date.parse('2024-04-02T00:00:00Z'))
  const sleepers = new Set<{ readonly dueMs: number; readonly wake: () => void }>()

  async function advance(ms: number): Promise<void> {
    clock.advance(ms)
    for (const sleeper of sleepers) if (sleeper.dueMs <= clock.monotonic()) sleeper.wake()
    await nextTurn()
  }

  return {
    clock,
    advance,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = { dueMs: clock.monotonic() + ms, wake }
        function wake(): void {
          sleepers.delete(sleeper)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        sleepers.add(sleeper)
        signal.addEventListener('abort', wake)
        if (signal.aborted) wake()
      }),
    async until(promise) {
      const pending = new Set([promise])
      const done = () => pending.clear()
      promise.then(done, done)
      while (pending.size > 0) await advance(50)
      return promise
    },
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
