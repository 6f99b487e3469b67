import {
  computeContextOf,
  dagManagerRoutes,
  implement,
  QmtlError,
  tagList,
  type Clock,
  type Plan,
  type RouteImplementation,
} from '@qmtl/contracts'
import {
  createGroupCommit,
  createOutboxRelay,
  migrate,
  outboxMigration,
  type Database,
  type EventSink,
  type Logger,
  type Metrics,
} from '@qmtl/service-kit'
import { createSqlGraphStore } from './adapters/sql-graph-store.ts'
import { graphMigrations, type DagManagerTables } from './adapters/tables.ts'
import { diffRequestOf, queueContextOf, type DiffRequest } from './graph/diff-request.ts'
import type { DiffOutcome } from './graph/plan-diffs.ts'
import type { GraphStore } from './ports.ts'

export interface DagManagerPorts {
  /** The DAG Manager's own store; its owner stops it after `stop`. */
  readonly database: Database<DagManagerTables>
  /** Where `queue_updated` events go. */
  readonly bus: EventSink
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
}

export interface DagManagerOptions {
  /** Diffs of one transaction at most; default 256. */
  readonly maxGroup?: number
}

/** The owner of the strategy graph. */
export interface DagManager {
  readonly routes: readonly RouteImplementation[]
  /** Brings the schema up to date and starts publishing; resolves when ready. */
  start(): Promise<void>
  /** Refuses new diffs, settles those under way, publishes what is committed; idempotent. */
  stop(): Promise<void>
}

export function createDagManager(ports: DagManagerPorts, options: DagManagerOptions = {}): DagManager {
  const { database, metrics } = ports
  const store = createSqlGraphStore(ports)
  const relay = createOutboxRelay(ports)
  const crossContext = metrics.counter({
    name: 'qmtl_dagmanager_cross_context_hits_total',
    help: 'Diffs refused because a compute key was bound to another context; anything above 0 is a fault',
  })
  const diffs = createGroupCommit<DiffRequest, DiffOutcome>({
    write: async (requests) => {
      const outcomes = await store.commit(requests)
      relay.notify()
      return outcomes
    },
    maxRows: options.maxGroup ?? 256,
  })

  function planOf(outcome: DiffOutcome): Plan {
    if (outcome.outcome === 'planned') return outcome.plan
    if (outcome.error.code === 'E_CROSS_CONTEXT') crossContext.add({})
    throw outcome.error
  }

  return {
    routes: [
      implement(dagManagerRoutes.diff, async ({ body }) => ({ body: planOf(await diffs.append(diffRequestOf(body))) })),
      implement(dagManagerRoutes.plan, async ({ body }) => ({ body: planOf(await store.dryRun(diffRequestOf(body))) })),
      ...readingRoutes(store),
    ],
    async start() {
      await migrate(database, [outboxMigration, ...graphMigrations])
      await relay.start()
    },
    async stop() {
      await diffs.stop()
      await relay.stop()
    },
  }
}

function readingRoutes(store: GraphStore): readonly RouteImplementation[] {
  return [
    implement(dagManagerRoutes.getPlan, async ({ params }) => {
      const plan = await store.latestPlan(params.strategy_id)
      if (!plan) throw new QmtlError('E_UNKNOWN_STRATEGY', `strategy '${params.strategy_id}' has no plan`)
      return { body: plan }
    }),
    implement(dagManagerRoutes.queuesByTag, async ({ query }) => {
      const topics = await store.topicsByTag({
        tags: tagList(query.tags),
        interval: query.interval,
        match: query.match_mode ?? 'any',
        context: queueContextOf(computeContextOf(query)),
      })
      return { body: { queues: topics.map((queue) => ({ queue, global: false })) } }
    }),
  ]
}
