import type { Clock } from '../types.ts'

/** A clock that moves only when told to; wall and monotonic time move together. */
export interface FakeClock extends Clock {
  advance(ms: number): void
}

/** Starts at `startMs`, 2024-01-01T00:00:00Z unless given. */
export function createFakeClock(startMs = 1_704_067_200_000): FakeClock {
  let elapsed = 0
  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    advance(ms) {
      elapsed += ms
    },
  }
}
