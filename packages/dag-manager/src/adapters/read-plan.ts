import { planSchema, QmtlError, type Plan } from '@qmtl/contracts'
import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { restorePlan, type StoredPlan } from '../graph/plan-document.ts'
import type { DagManagerTables } from './tables.ts'

const validator = Compile(Type.Omit(planSchema, ['queue_map']))

/** A strategy's plan of one number, or its latest; undefined when it has none. `E_GRAPH_CORRUPT` for a text that is no plan. */
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
  const intervals = await readIntervals(runner, stored)
  return restorePlan(stored, (nodeId) => intervals.get(nodeId) ?? 0)
}

async function readIntervals(
  runner: Kysely<DagManagerTables>,
  { nodes }: StoredPlan,
): Promise<ReadonlyMap<string, number>> {
  const ids = nodes.map(({ node_id }) => node_id)
  const rows = await runner.selectFrom('nodes').select(['node_id', 'interval']).where('node_id', 'in', ids).execute()
  return new Map(rows.map(({ node_id, interval }) => [node_id, interval]))
}

function parsePlan(document: string): StoredPlan {
  const plan: unknown = JSON.parse(document)
  if (!validator.Check(plan)) throw new QmtlError('E_GRAPH_CORRUPT', 'a stored plan does not fit its schema')
  return plan
}
