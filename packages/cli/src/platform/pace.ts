import { setTimeout as sleep } from 'node:timers/promises'

/** Lets bars through at a steady rate. */
export interface Pace {
  /** Resolves when the next bar may be worked on; at once without a rate, and when the signal is aborted. */
  next(signal: AbortSignal): Promise<void>
}

/** A pace of so many bars a second; undefined is as fast as possible. */
export function createPace(barsPerSecond: number | undefined, now: () => number): Pace {
  let due = 0
  return {
    async next(signal) {
      if (barsPerSecond === undefined) return
      const waitMs = due - now()
      due = Math.max(due, now()) + 1000 / barsPerSecond
      // An aborted wait is an end of waiting, not a failure.
      if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    },
  }
}
