/** Wakes those who wait for a change of something, by key. It carries no state: who is woken reads again. */
export interface ChangeBell {
  /** Says that something changed. */
  ring(key: string): void
  /** Listens from now on, so that no change between a read and the wait is missed. Call `stop` when done. */
  listen(key: string): Listening
}

export interface Listening {
  /** Resolves at the next ring, also one that has rung since the last call, after `timeoutMs`, or on abort. */
  next(timeoutMs: number, signal: AbortSignal): Promise<void>
  stop(): void
}

export function createChangeBell(): ChangeBell {
  const listeners = new Map<string, Set<() => void>>()
  return {
    ring(key) {
      for (const wake of listeners.get(key) ?? []) wake()
    },
    listen(key) {
      let hasRung = false
      let wake = (): void => undefined
      const ring = (): void => {
        hasRung = true
        wake()
      }
      const set = listeners.get(key) ?? new Set()
      listeners.set(key, set.add(ring))
      return {
        async next(timeoutMs, signal) {
          if (!hasRung && !signal.aborted) {
            await new Promise<void>((resolve) => {
              const done = (): void => {
                clearTimeout(timer)
                signal.removeEventListener('abort', done)
                resolve()
              }
              const timer = setTimeout(done, timeoutMs)
              signal.addEventListener('abort', done, { once: true })
              wake = done
            })
          }
          hasRung = false
          wake = () => undefined
        },
        stop() {
          set.delete(ring)
          if (set.size === 0) listeners.delete(key)
        },
      }
    },
  }
}
