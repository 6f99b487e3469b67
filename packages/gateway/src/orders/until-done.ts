import { setTimeout as sleep } from 'node:timers/promises'

const firstPauseMs = 100
const longestPauseMs = 8_000

export interface UntilDoneOptions {
  readonly signal: AbortSignal
  /** Told of the first failure; those that follow are its own. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Repeats what may not be lost until it succeeds, 0.1 s after the first failure, then after twice as long each time up to
 * 8 s. False when the signal ended it before it was done.
 */
export async function untilDone(work: () => Promise<void>, { signal, onFailure }: UntilDoneOptions): Promise<boolean> {
  for (let failures = 1; ; failures++) {
    try {
      await work()
      return true
    } catch (error) {
      if (failures === 1) onFailure(error)
      await pause(pauseMs(failures), signal)
      if (signal.aborted) return false
    }
  }
}

/** The pause after so many failures in a row. */
export function pauseMs(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An abort ends the pause; that is its purpose.
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined)
}
