import type { Plan } from '@qmtl/contracts'
import type { Kysely } from 'kysely'
import type { DiffRequest, SubmittedNode } from '../graph/diff-request.ts'
import type { GraphChanges, KnownGraph, KnownPlans, TopicHolder } from '../graph/graph-draft.ts'
import type { BindingKey, GraphStatements } from './graph-statements.ts'
import { readPlan } from './read-plan.ts'
import type { DagManagerTables } from './tables.ts'

/** Reads what a group of diffs touches: one statement per table and 256 keys. */
export async function readKnownGraph(
  runner: Kysely<DagManagerTables>,
  statements: GraphStatements,
  requests: readonly DiffRequest[],
): Promise<KnownGraph> {
  const submitted = new Map<string, SubmittedNode>()
  for (const { nodes } of requests) for (const node of nodes) submitted.set(node.computeKey, node)
  const ids = unique(Array.from(submitted.values(), ({ node }) => node.node_id))
  const rows = await statements.nodesById.run(runner, ids)
  const nodes = new Map(rows.map((node) => [node.node_id, node]))
  const keys: BindingKey[] = []
  for (const { node, computeKey } of submitted.values()) {
    const known = nodes.get(node.node_id)
    if (known) keys.push({ position: known.position, computeKey })
  }
  const bindings = await statements.bindingsByKey.run(runner, keys)
  return {
    lastNode: await readLastPosition(runner, 'nodes'),
    lastQueue: await readLastPosition(runner, 'queues'),
    nodes,
    bindings: new Map(bindings.map((binding) => [binding.compute_key, binding])),
    topics: new Map(),
    plans: await readPlans(runner, statements, requests),
  }
}

async function readLastPosition(runner: Kysely<DagManagerTables>, table: 'nodes' | 'queues'): Promise<number> {
  const { last } = await runner
    .selectFrom(table)
    .select((eb) => eb.fn.max<number | null>('position').as('last'))
    .executeTakeFirstOrThrow()
  return last ?? 0
}

/** Reads who holds topic names, and plans again until every name that a plan takes is known to be free. */
export async function planWithFreeNames<Planned extends { readonly changes: GraphChanges }>(
  known: KnownGraph,
  plan: (known: KnownGraph) => Planned,
  readHolders: (topicKeys: readonly string[]) => Promise<ReadonlyMap<string, TopicHolder>>,
): Promise<Planned> {
  const topics = new Map(known.topics)
  for (;;) {
    const planned = plan({ ...known, topics })
    const names = planned.changes.unverified.map(({ topicKey }) => topicKey)
    if (names.length === 0) return planned
    const holders = await readHolders(unique(names))
    for (const name of names) topics.set(name, holders.get(name) ?? null)
    // Names of one plan do not clash with each other, so if all are free the plan stands.
    if (holders.size === 0) return planned
  }
}

async function readPlans(
  runner: Kysely<DagManagerTables>,
  statements: GraphStatements,
  requests: readonly DiffRequest[],
): Promise<ReadonlyMap<string, KnownPlans>> {
  const rows = await statements.plansByStrategy.run(runner, unique(requests.map(({ strategyId }) => strategyId)))
  const wanted = new Set(requests.map(({ strategyId, contextKey }) => `${strategyId} ${contextKey}`))
  const plans = new Map<string, KnownPlans>()
  for (const { strategy_id, plan_number, context_key } of rows) {
    const { latest, byContext } = plans.get(strategy_id) ?? { latest: 0, byContext: new Map<string, { plan: Plan }>() }
    const asked = wanted.has(`${strategy_id} ${context_key}`)
    const entry = asked ? await readPlan(runner, strategy_id, plan_number) : undefined
    plans.set(strategy_id, {
      latest: Math.max(latest, plan_number),
      byContext: entry ? new Map(byContext).set(context_key, { plan: entry }) : byContext,
    })
  }
  return plans
}

function unique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)]
}
