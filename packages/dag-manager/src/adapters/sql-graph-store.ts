import type { Clock } from '@qmtl/contracts'
import { advisoryTransactionLock, inByteOrder, type Database } from '@qmtl/service-kit'
import { sql, type Kysely } from 'kysely'
import type { TopicHolder } from '../graph/graph-draft.ts'
import { planDiffs, planDryRun } from '../graph/plan-diffs.ts'
import type { GraphStore } from '../ports.ts'
import { createGraphStatements } from './graph-statements.ts'
import { planWithFreeNames, readKnownGraph } from './read-known-graph.ts'
import { readPlan } from './read-plan.ts'
import type { DagManagerTables } from './tables.ts'
import { writeChanges } from './write-changes.ts'

export interface SqlGraphStorePorts {
  /** Migrated by `graphMigrations`. */
  readonly database: Database<DagManagerTables>
  readonly clock: Clock
}

/**
 * The graph in a SQL database. Transactions that write take one lock after the other, across processes too: each sees all
 * that was committed before, so two of them never create the same node or topic, and events leave in order of commit.
 */
export function createSqlGraphStore({ database, clock }: SqlGraphStorePorts): GraphStore {
  const statements = createGraphStatements()

  function holdersIn(runner: Kysely<DagManagerTables>) {
    return async (topicKeys: readonly string[]): Promise<ReadonlyMap<string, TopicHolder>> => {
      const rows = await statements.holdersByTopic.run(runner, topicKeys)
      return new Map(
        rows.flatMap(({ topic, node_id }) =>
          topic === null ? [] : [[topic.toLowerCase(), { topic, nodeId: node_id }]],
        ),
      )
    }
  }

  return {
    // Not the serializable transaction of the kit: its snapshot would be older than the lock it waits for.
    commit: (requests) =>
      database.kysely.transaction().execute(async (trx) => {
        await advisoryTransactionLock(trx, 'qmtl_graph')
        const nowMs = clock.now()
        const known = await readKnownGraph(trx, statements, requests)
        const planned = await planWithFreeNames(known, (graph) => planDiffs(requests, graph, nowMs), holdersIn(trx))
        await writeChanges(trx, statements, planned.changes, nowMs)
        return planned.outcomes
      }),

    async dryRun(request) {
      const { kysely } = database
      const known = await readKnownGraph(kysely, statements, [request])
      const plan = (graph: typeof known) => planDryRun(request, graph, clock.now())
      const { outcome } = await planWithFreeNames(known, plan, holdersIn(kysely))
      return outcome
    },

    latestPlan: (strategyId) => readPlan(database.kysely, strategyId),

    async topicsByTag({ tags, interval, match, context }) {
      const wanted = [...new Set(tags)]
      if (wanted.length === 0) return []
      const rows = await database.kysely
        .selectFrom('queue_tags')
        .innerJoin('queues', 'queues.position', 'queue_tags.queue_position')
        .select('topic')
        .where('tag', 'in', wanted)
        .where('interval', '=', interval)
        .where('queue_tags.context', '=', context)
        .groupBy('topic')
        .having(sql`count(*)`, '>=', match === 'all' ? wanted.length : 1)
        .orderBy(inByteOrder(database.kysely, 'topic'))
        .execute()
      return rows.flatMap(({ topic }) => topic ?? [])
    },
  }
}
