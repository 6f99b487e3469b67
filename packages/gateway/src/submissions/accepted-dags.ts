import type { Dag } from '@qmtl/contracts'

/** DAGs accepted a moment ago, so that the worker need not read them back; a copy of what the log holds. */
export interface AcceptedDags {
  keep(strategyId: string, dag: Dag): void
  /** The DAG, which is then no longer kept. */
  take(strategyId: string): Dag | undefined
}

/** Keeps at most `capacity`; of more the newest are left out, because the worker takes the oldest first. */
export function createAcceptedDags(capacity = 1_000): AcceptedDags {
  const dags = new Map<string, Dag>()
  return {
    keep(strategyId, dag) {
      if (dags.size < capacity) dags.set(strategyId, dag)
    },
    take(strategyId) {
      const dag = dags.get(strategyId)
      dags.delete(strategyId)
      return dag
    },
  }
}
