import type { Client, ComputeContext, Dag, dagManagerRoutes, Plan } from '@qmtl/contracts'
import { storedJson } from '../database/stored-json.ts'
import type { AcceptedDags } from './accepted-dags.ts'
import type { WorkQueue } from './work-queue.ts'

export interface PlanPorts {
  readonly queue: Pick<WorkQueue, 'dagsOf'>
  readonly accepted: Pick<AcceptedDags, 'take'>
  readonly dagManager: Pick<Client<typeof dagManagerRoutes>, 'diff'>
}

/** A strategy to be planned. */
export interface PlanTask {
  readonly strategyId: string
  readonly context: ComputeContext
}

export type PlanAnswer = { readonly plan: Plan } | { readonly thrown: unknown }

/** Has the DAG Manager plan strategies, whose DAGs are read back where they were not kept; an answer per task, in order. */
export async function planStrategies(
  { queue, accepted, dagManager }: PlanPorts,
  tasks: readonly PlanTask[],
): Promise<readonly PlanAnswer[]> {
  const kept = new Map<string, Dag>()
  for (const { strategyId } of tasks) {
    const dag = accepted.take(strategyId)
    if (dag !== undefined) kept.set(strategyId, dag)
  }
  const texts = await queue.dagsOf(tasks.map((task) => task.strategyId).filter((id) => !kept.has(id)))
  return Promise.all(
    tasks.map(async ({ strategyId, context }): Promise<PlanAnswer> => {
      try {
        const dag = kept.get(strategyId) ?? storedJson<Dag>(texts.get(strategyId) ?? 'null')
        const { body } = await dagManager.diff({ body: { strategy_id: strategyId, dag, context } })
        return { plan: body }
      } catch (thrown) {
        return { thrown }
      }
    }),
  )
}

/** Characters of JSON whose DAGs are in memory together, as long as one alone is not longer. */
const largestPortion = 16 * 1024 * 1024

/** Splits works, in their order, into portions whose DAGs may be in memory together. */
export function portionsOf<Work extends { readonly dag_size: number }>(
  works: readonly Work[],
  largest = largestPortion,
): readonly (readonly Work[])[] {
  const portions: Work[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const work of works) {
    if (size + work.dag_size > largest) {
      portions.push([])
      size = 0
    }
    portions.at(-1)?.push(work)
    size += work.dag_size
  }
  return portions
}
