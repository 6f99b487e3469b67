import {
  formatInstant,
  gatewayRoutes,
  implement,
  type Client,
  type dagManagerRoutes,
  type RouteImplementation,
} from '@qmtl/contracts'
import { findQueues } from '../context/find-queues.ts'
import { explainStrategy, type ExplainPorts } from '../explain/explain-strategy.ts'
import type { OrderDesk } from '../orders/order-desk.ts'
import { nextAfter, type OrderRepository } from '../orders/order-repository.ts'
import { streamPaths } from '../stream/stream-server.ts'
import { grantedTopics, type StreamTickets } from '../stream/stream-tickets.ts'
import type { Ingest } from '../submissions/ingest.ts'
import { statusOf, type StatusReader } from '../submissions/strategy-status.ts'
import type { SubmissionRepository } from '../submissions/submission-repository.ts'
import type { WorldReadings } from '../worlds/world-readings.ts'

export interface GatewayRoutePorts {
  readonly ingest: Ingest
  readonly status: StatusReader
  readonly submissions: Pick<SubmissionRepository, 'list'>
  readonly desk: OrderDesk
  readonly orders: Pick<OrderRepository, 'list' | 'listFills'>
  readonly dagManager: Pick<Client<typeof dagManagerRoutes>, 'queuesByTag'>
  readonly explain: ExplainPorts
  readonly tickets: StreamTickets
  readonly readings: WorldReadings
  readonly streamOrigin: () => string
}

const pageSize = 100

/** The Gateway's own routes. */
export function gatewayRouteList(ports: GatewayRoutePorts): readonly RouteImplementation[] {
  return [...submissionRoutes(ports), ...orderRoutes(ports), ...streamRoutes(ports)]
}

function submissionRoutes({
  ingest,
  status,
  submissions,
  explain,
  dagManager,
  readings,
}: GatewayRoutePorts): readonly RouteImplementation[] {
  return [
    implement(gatewayRoutes.submit, async ({ body }, call) => ({ body: await ingest.submit(body, call) })),
    implement(gatewayRoutes.dryRun, async ({ body }, { signal }) => ({ body: await ingest.dryRun(body, { signal }) })),
    implement(gatewayRoutes.listStrategies, async ({ query }) => {
      const { world_id: worldId, after = 0, limit = pageSize } = query
      const records = await submissions.list({ worldId, after, limit })
      return { body: { strategies: records.map(statusOf), next_after: nextAfter(records, after) } }
    }),
    implement(gatewayRoutes.status, async ({ params, query }, { signal }) => ({
      body: await status.read(params.strategy_id, { waitMs: query.wait_ms ?? 0, signal }),
    })),
    implement(gatewayRoutes.explain, async ({ params, query }, { signal }) => ({
      body: await explainStrategy(explain, { strategyId: params.strategy_id, worldId: query.world_id }, { signal }),
    })),
    implement(gatewayRoutes.queuesByTag, async ({ query }, { signal }) => {
      const { queues } = await findQueues({ dagManager, readings }, query, { signal })
      return { body: { queues: [...queues] } }
    }),
  ]
}

function orderRoutes({ desk, orders }: GatewayRoutePorts): readonly RouteImplementation[] {
  return [
    implement(gatewayRoutes.placeOrder, async ({ body }, { signal }) => ({ body: await desk.place(body, { signal }) })),
    implement(gatewayRoutes.listOrders, async ({ query }) => {
      const { world_id: worldId, strategy_id: strategyId, open, after = 0, limit = pageSize } = query
      const page = await orders.list({ worldId, strategyId, open, after, limit })
      return { body: { orders: [...page.items], next_after: page.nextAfter } }
    }),
    implement(gatewayRoutes.listFills, async ({ query }) => {
      const { world_id: worldId, strategy_id: strategyId, after = 0, limit = pageSize } = query
      const page = await orders.listFills({ worldId, strategyId, after, limit })
      return { body: { fills: [...page.items], next_after: page.nextAfter } }
    }),
  ]
}

function streamRoutes({ tickets, readings, streamOrigin }: GatewayRoutePorts): readonly RouteImplementation[] {
  return [
    implement(gatewayRoutes.subscribe, async ({ body }, { caller, signal }) => {
      const topics = grantedTopics(body.topics)
      // Refuses a world that does not exist.
      await readings.worlds.read(body.world_id, { signal })
      const scope = { worldId: body.world_id, strategyId: body.strategy_id, topics }
      const { token, expiresAtMs } = await tickets.issue(scope, caller.sub)
      const origin = streamOrigin().replace(/\/$/, '')
      return {
        body: {
          stream_url: `${origin}${streamPaths.events}`,
          fallback_url: `${origin}${streamPaths.fallback}`,
          token,
          topics: [...topics],
          expires_at: formatInstant(expiresAtMs),
        },
      }
    }),
    implement(gatewayRoutes.jwks, async () => {
      const keys = await tickets.publicKeys()
      return { body: { keys: keys.map((key) => ({ ...key })) } }
    }),
  ]
}
