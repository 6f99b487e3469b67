import type { Clock } from '@qmtl/contracts'

/** Submissions that are in the log and wait for their plan, as far as this process took them. */
export interface Backlog {
  add(): void
  /** So many have been worked on. */
  remove(count: number): void
  /** No more than so many wait: what is counted beyond was the work of another process. */
  limit(count: number): void
  /** How long a submission that comes now should wait, in milliseconds, so that plans stay within sight; 250 at most. */
  delayMs(): number
}

/** Fewer than these never slow anybody down. */
const freeSize = 200
/** How far behind plans may be before submissions wait. */
const freeLagMs = 1_600
const shareOfLag = 0.1
const longestDelayMs = 250
/** Weight of the latest batch in the speed at which plans are made. */
const smoothing = 0.3

/**
 * Slows a burst down to the speed at which plans are made once they are far behind, by a tenth of what is beyond: the
 * further behind, the slower. What is durable may pile up, so nothing is refused.
 */
export function createBacklog(clock: Pick<Clock, 'monotonic'>): Backlog {
  let size = 0
  let perMs: number | undefined
  let countedAtMs = 0

  return {
    add() {
      if (size === 0) countedAtMs = clock.monotonic()
      size += 1
    },
    remove(count) {
      const nowMs = clock.monotonic()
      const latest = count / Math.max(1, nowMs - countedAtMs)
      perMs = perMs === undefined ? latest : perMs + smoothing * (latest - perMs)
      countedAtMs = nowMs
      size = Math.max(0, size - count)
    },
    limit(count) {
      size = Math.min(size, count)
    },
    delayMs() {
      if (size <= freeSize || perMs === undefined) return 0
      return Math.min(longestDelayMs, Math.max(0, shareOfLag * (size / perMs - freeLagMs)))
    },
  }
}
