/** Submissions that are in the log and wait for their plan, as far as this process took them. */
export interface Backlog {
  add(): void
  /** So many have been worked on. */
  remove(count: number): void
  /**
   * Slows a burst down to the speed at which plans are made, before it is far ahead of them: the further, the longer it
   * waits, and never longer than a quarter of a second, because what is durable may pile up.
   */
  pace(): Promise<void>
}

const longestWaitMs = 250
const waitPerCapacityMs = 100

/** Beyond `capacity` each submission waits 100 ms for every `capacity` more. */
export function createBacklog(capacity = 800): Backlog {
  let size = 0
  return {
    add() {
      size += 1
    },
    remove(count) {
      size = Math.max(0, size - count)
    },
    async pace() {
      const ms = Math.min(longestWaitMs, (waitPerCapacityMs * (size - capacity)) / capacity)
      if (ms >= 1) await new Promise((resolve) => setTimeout(resolve, ms))
    },
  }
}
