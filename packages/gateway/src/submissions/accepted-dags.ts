import type { Dag } from '@qmtl/contracts'

/** DAGs accepted a moment ago, so that the worker need not read them back; a copy of what the log holds. */
export interface AcceptedDags {
  keep(strategyId: string, dag: Dag): void
  /** The DAG, which is then no longer kept. */
  take(strategyId: string): Dag | undefined
}

/** Keeps at most `capacity`, dropping the oldest. */
export function createAcceptedDags(capacity = 512): AcceptedDags {
  const dags = new Map<string, Dag>()
  return {
    keep(strategyId, dag) {
      dags.set(strategyId, dag)
      const oldest = dags.keys().next()
      if (dags.size > capacity && oldest.done !== true) dags.delete(oldest.value)
    },
    take(strategyId) {
      const dag = dags.get(strategyId)
      dags.delete(strategyId)
      return dag
    },
  }
}
