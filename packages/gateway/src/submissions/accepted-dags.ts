import type { Clock, Dag } from '@qmtl/contracts'

/** DAGs accepted a moment ago, so that the worker need not read them back; a copy of what the log holds. */
export interface AcceptedDags {
  /** `size` is the length of the DAG's JSON. */
  keep(strategyId: string, dag: Dag, size: number): void
  /** The DAG, which is then no longer kept. */
  take(strategyId: string): Dag | undefined
}

interface Kept {
  readonly dag: Dag
  readonly size: number
  readonly untilMs: number
}

const largestTotal = 16 * 1024 * 1024
const longestMs = 60_000

/**
 * Keeps at most 16 Mi characters of JSON; of more the newest are left out, because the worker takes the oldest first. What
 * is not taken within a minute was the work of another process.
 */
export function createAcceptedDags(clock: Pick<Clock, 'monotonic'>): AcceptedDags {
  const kept = new Map<string, Kept>()
  let total = 0

  function drop(strategyId: string): Kept | undefined {
    const found = kept.get(strategyId)
    if (found === undefined) return undefined
    kept.delete(strategyId)
    total -= found.size
    return found
  }

  return {
    keep(strategyId, dag, size) {
      const nowMs = clock.monotonic()
      for (const [id, { untilMs }] of kept) {
        if (nowMs < untilMs) break
        drop(id)
      }
      if (total + size > largestTotal) return
      kept.set(strategyId, { dag, size, untilMs: nowMs + longestMs })
      total += size
    },
    take: (strategyId) => drop(strategyId)?.dag,
  }
}
