/** Submissions that are in the log and wait for their plan, as far as this process took them. */
export interface Backlog {
  add(): void
  /** So many have been worked on. */
  remove(count: number): void
  /**
   * Resolves at once while there is room, else when the worker has made some: a burst is slowed to the speed at which plans
   * are made before it is far ahead of them. Never waits longer than a quarter of a second: what is durable may pile up.
   */
  room(): Promise<void>
}

const longestWaitMs = 250

export function createBacklog(capacity = 3_000): Backlog {
  let size = 0
  let waiting: (() => void)[] = []
  return {
    add() {
      size += 1
    },
    remove(count) {
      size = Math.max(0, size - count)
      const admitted = waiting.slice(0, Math.max(0, capacity - size))
      waiting = waiting.slice(admitted.length)
      for (const enter of admitted) enter()
    },
    async room() {
      if (size < capacity) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          waiting = waiting.filter((other) => other !== enter)
          resolve()
        }, longestWaitMs)
        const enter = (): void => {
          clearTimeout(timer)
          resolve()
        }
        waiting.push(enter)
      })
    },
  }
}
