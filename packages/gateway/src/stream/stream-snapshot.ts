import { randomUUID } from 'node:crypto'
import {
  formatInstant,
  sides,
  stateHashOf,
  tagList,
  type ActivationEntry,
  type ActivationState,
  type Client,
  type Clock,
  type Side,
  type StreamTopic,
  type worldRoutes,
} from '@qmtl/contracts'
import { findQueues, type FindQueuesPorts } from '../context/find-queues.ts'
import type { OrderRepository } from '../orders/order-repository.ts'
import type { SubmissionRepository } from '../submissions/submission-repository.ts'
import { orderEvent, strategyEvents } from './own-events.ts'
import type { StreamEvent, StreamScope } from './stream-message.ts'

/** The tag query that a connection asks for, if any. */
export interface StreamQuery {
  readonly tags?: string
  /** Bar interval in seconds. */
  readonly interval?: number
  readonly matchMode?: 'any' | 'all'
  readonly partition?: string | undefined
}

export interface SnapshotPorts extends FindQueuesPorts {
  readonly worlds: Pick<Client<typeof worldRoutes>, 'getActivation' | 'getWorld' | 'stateHash'>
  readonly submissions: Pick<SubmissionRepository, 'list' | 'find'>
  readonly orders: Pick<OrderRepository, 'list'>
  readonly clock: Clock
}

type Reader = (ports: SnapshotPorts, scope: StreamScope, query: StreamQuery) => Promise<readonly StreamEvent[]>

const readers: Readonly<Record<StreamTopic, Reader>> = {
  activation: activationSnapshot,
  policy: policySnapshot,
  queue: queueSnapshot,
  strategy: strategySnapshot,
  orders: orderSnapshot,
}

const longestList = 1_000

/** What the topics of a scope look like now, told as the events that would have led there; topic by topic. */
export async function readSnapshot(
  ports: SnapshotPorts,
  scope: StreamScope,
  query: StreamQuery,
): Promise<readonly StreamEvent[]> {
  const parts = await Promise.all(scope.topics.map((topic) => readers[topic](ports, scope, query)))
  return parts.flat()
}

async function activationSnapshot(ports: SnapshotPorts, scope: StreamScope): Promise<readonly StreamEvent[]> {
  const params = { world_id: scope.worldId }
  const [{ body: activation }, { body: world }] = await Promise.all([
    ports.worlds.getActivation({ params }),
    ports.worlds.getWorld({ params }),
  ])
  const { epoch, frozen } = world
  const strategyIds = scope.strategyId === undefined ? Object.keys(activation.state) : [scope.strategyId]
  const entries = strategyIds.flatMap((strategyId) => entriesOf(ports.clock, activation, strategyId))
  const stateHash = stateHashOf(activation)
  return [
    eventOf(ports, scope, { topic: 'activation', type: 'world_epoch_changed' }, { epoch, frozen, run_id: '' }),
    ...entries.map((entry) => {
      const data = { ...entry, state_hash: stateHash, state_version: activation.version, epoch }
      return eventOf(ports, scope, { topic: 'activation', type: 'activation_updated' }, data)
    }),
  ]
}

type NamedEntry = ActivationEntry & { readonly strategy_id: string; readonly side: Side }

/** Both sides of a strategy; one that has no entry is inactive. */
function entriesOf(clock: Clock, { state }: ActivationState, strategyId: string): readonly NamedEntry[] {
  const absent: ActivationEntry = {
    ...{ active: false, weight: 0, freeze: false, drain: false, effective_mode: 'compute-only', run_id: '', etag: '' },
    ts: formatInstant(clock.now()),
  }
  return sides.map((side) => ({ strategy_id: strategyId, side, ...(state[strategyId]?.[side] ?? absent) }))
}

async function policySnapshot(ports: SnapshotPorts, scope: StreamScope): Promise<readonly StreamEvent[]> {
  const [{ body: hash }, { body: world }] = await Promise.all([
    ports.worlds.stateHash({ params: { world_id: scope.worldId, topic: 'policy' } }),
    ports.worlds.getWorld({ params: { world_id: scope.worldId } }),
  ])
  const data = { state_hash: hash.state_hash, policy_version: world.default_policy_version }
  return [eventOf(ports, scope, { topic: 'policy', type: 'policy_state_hash' }, data)]
}

async function queueSnapshot(
  ports: SnapshotPorts,
  scope: StreamScope,
  { tags, interval, matchMode = 'any', partition }: StreamQuery,
): Promise<readonly StreamEvent[]> {
  if (tags === undefined || interval === undefined) return []
  const part = partition === undefined ? {} : { partition }
  const query = { tags, interval, match_mode: matchMode, world_id: scope.worldId, ...part }
  const { context, queues } = await findQueues(ports, query, {})
  const data = { tags: tagList(tags), interval, match_mode: matchMode, queues, ...context }
  return [eventOf(ports, scope, { topic: 'queue', type: 'queue_update' }, data)]
}

async function strategySnapshot(ports: SnapshotPorts, scope: StreamScope): Promise<readonly StreamEvent[]> {
  const nowMs = ports.clock.now()
  if (scope.strategyId === undefined) {
    const records = await ports.submissions.list({ worldId: scope.worldId, after: 0, limit: longestList })
    return records.flatMap(({ strategy_id: strategyId, status }) =>
      strategyEvents({ strategyId, status, worldIds: [scope.worldId] }, nowMs),
    )
  }
  const record = await ports.submissions.find(scope.strategyId)
  if (record?.world_ids.includes(scope.worldId) !== true) return []
  return strategyEvents({ strategyId: record.strategy_id, status: record.status, worldIds: record.world_ids }, nowMs)
}

async function orderSnapshot(
  ports: SnapshotPorts,
  { worldId, strategyId }: StreamScope,
): Promise<readonly StreamEvent[]> {
  const { items } = await ports.orders.list({ worldId, strategyId, open: true, after: 0, limit: longestList })
  return items.map((order) => orderEvent(order))
}

function eventOf(
  { clock }: SnapshotPorts,
  { worldId }: StreamScope,
  kind: Pick<StreamEvent, 'topic' | 'type'>,
  data: object,
): StreamEvent {
  return {
    ...kind,
    id: randomUUID(),
    time: formatInstant(clock.now()),
    data: { version: 1, world_id: worldId, ...data },
  }
}
