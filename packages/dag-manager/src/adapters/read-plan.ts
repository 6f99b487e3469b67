import { nodeDecisions, planSchema, QmtlError, type Plan } from '@qmtl/contracts'
import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { restorePlan, type PlannedRow } from '../graph/plan-document.ts'
import type { StoredPlan } from '../graph/records.ts'
import type { DagManagerTables } from './tables.ts'

const storedPlanSchema = Type.Object({
  ...Type.Omit(planSchema, ['nodes', 'queue_map']).properties,
  nodes: Type.Array(Type.Tuple([Type.Integer(), Type.Enum(nodeDecisions)])),
})
const validator = Compile(storedPlanSchema)

/** A strategy's plan of one number, or its latest; undefined when it has none. `E_GRAPH_CORRUPT` for what is no plan. */
export async function readPlan(
  runner: Kysely<DagManagerTables>,
  strategyId: string,
  planNumber?: number,
): Promise<Plan | undefined> {
  const row = await runner
    .selectFrom('plans')
    .select('document')
    .where('strategy_id', '=', strategyId)
    .$if(planNumber !== undefined, (query) => query.where('plan_number', '=', planNumber ?? 0))
    .orderBy('plan_number', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return undefined
  const stored = parsePlan(row.document)
  const rows = await readPlannedRows(runner, stored)
  return restorePlan(stored, (position) => {
    const planned = rows.get(position)
    if (planned) return planned
    throw new QmtlError('E_GRAPH_CORRUPT', `a plan of ${strategyId} names queue ${position}, which is not there`)
  })
}

async function readPlannedRows(
  runner: Kysely<DagManagerTables>,
  { nodes }: StoredPlan,
): Promise<ReadonlyMap<number, PlannedRow>> {
  const positions = nodes.map(([position]) => position)
  const rows = await runner
    .selectFrom('queues')
    .innerJoin('nodes', 'nodes.position', 'queues.node_position')
    .select(['queues.position', 'node_id', 'node_type', 'interval', 'period', 'compute_key', 'topic'])
    .where('queues.position', 'in', positions)
    .execute()
  return new Map(rows.map(({ position, ...row }) => [position, row]))
}

function parsePlan(document: string): StoredPlan {
  const plan: unknown = JSON.parse(document)
  if (!validator.Check(plan)) throw new QmtlError('E_GRAPH_CORRUPT', 'a stored plan does not fit its schema')
  return plan
}
