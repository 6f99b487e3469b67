import { formatInstant, type Fill, type Order, type Plan } from '@qmtl/contracts'
import type { SubmissionChange } from '../submissions/submission-worker.ts'
import type { StreamEvent } from './stream-message.ts'

/** How far the work on a submission is and, once there is a plan, where its nodes' values go. */
export function strategyEvents(change: SubmissionChange, nowMs: number): readonly StreamEvent[] {
  const { strategyId, status, worldIds, plan } = change
  const common = { topic: 'strategy', time: formatInstant(nowMs), worldIds, strategyId } as const
  const progress: StreamEvent = {
    ...common,
    type: 'progress',
    id: `progress:${strategyId}:${status}:${nowMs}`,
    data: { version: 1, strategy_id: strategyId, status },
  }
  if (plan === undefined) return [progress]
  return [progress, queueMapEvent(strategyId, plan, nowMs)]
}

/** Where the values of a strategy's nodes go in the world of a plan. A plan may come back after another, as another event. */
export function queueMapEvent(strategyId: string, plan: Plan, nowMs: number): StreamEvent {
  const { plan_number: number, queue_map, context } = plan
  return {
    topic: 'strategy',
    type: 'queue_map',
    id: `queue_map:${strategyId}:${number}:${nowMs}`,
    time: formatInstant(nowMs),
    worldIds: context.world_id === null ? [] : [context.world_id],
    strategyId,
    data: { version: 1, strategy_id: strategyId, queue_map },
  }
}

/** An order as it is now. */
export function orderEvent(order: Order): StreamEvent {
  return {
    topic: 'orders',
    type: 'order_updated',
    id: `order_updated:${order.order_id}:${order.status}:${order.filled_quantity}`,
    time: order.updated_at,
    worldIds: [order.world_id],
    strategyId: order.strategy_id,
    data: { version: 1, order },
  }
}

/** A fill that was recorded. */
export function fillEvent(fill: Fill): StreamEvent {
  return {
    topic: 'orders',
    type: 'fill_recorded',
    id: `fill_recorded:${fill.order_id}:${fill.sequence}`,
    time: fill.received_at,
    worldIds: [fill.world_id],
    strategyId: fill.strategy_id,
    data: { version: 1, fill },
  }
}
