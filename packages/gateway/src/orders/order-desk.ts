import {
  decimalText,
  QmtlError,
  type CallOptions,
  type Clock,
  type Decimal,
  type Order,
  type OrderRequest,
} from '@qmtl/contracts'
import type { CounterMetric, GroupCommit } from '@qmtl/service-kit'
import type { SubmissionRepository } from '../submissions/submission-repository.ts'
import type { WorldReadings } from '../worlds/world-readings.ts'
import { checkOrder, type OrderRefusal, type OrderSituation } from './check-order.ts'
import type { IngressGates } from './ingress-gates.ts'
import type { InstanceLease } from './instance-lease.ts'
import type { OrderDispatcher } from './order-dispatcher.ts'
import type { Destination } from './order-withdrawals.ts'
import { isSameOrder, reusedOrder, type NewOrder, type OrderRepository, type PlaceResult } from './order-repository.ts'
import type { NewRefusal } from './refusal-repository.ts'
import type { VenueDirectory } from './venue-directory.ts'

export interface OrderDeskPorts {
  readonly orders: Pick<OrderRepository, 'find'>
  readonly orderLog: GroupCommit<NewOrder, PlaceResult>
  readonly refusalLog: GroupCommit<NewRefusal, undefined>
  readonly submissions: Pick<SubmissionRepository, 'worldsOf'>
  readonly readings: WorldReadings
  readonly gates: Pick<IngressGates, 'renew' | 'held'>
  readonly venues: VenueDirectory
  readonly dispatcher: Pick<OrderDispatcher, 'claim' | 'dispatch' | 'takeUp'>
  readonly clock: Clock
  readonly instance: string
  readonly lease: Pick<InstanceLease, 'isHeld'>
  readonly newId: () => string
  readonly counted: CounterMetric<'outcome'>
  readonly onOrder: (order: Order) => void
}

/** The order ingress. */
export interface OrderDesk {
  /**
   * Checks an order, records it and has it sent; answers once it is recorded. The same order sent again gives the recorded
   * one. Throws `E_ORDER_REUSED` and, with the closed gate in `details.reason`, what `checkOrder` refuses with, or
   * `E_ORDER_LIMIT` for a reduce-only order over what is left to reduce: a refused order is not kept.
   */
  place(request: OrderRequest, options: CallOptions): Promise<Order>
}

export function createOrderDesk(ports: OrderDeskPorts): OrderDesk {
  return {
    async place(request, options) {
      const known = await ports.orders.find(request.world_id, request.client_order_id)
      if (known !== undefined) return repeated(ports, known, isSameOrder(known, request))
      const look = await lookAround(ports, request, options)
      const check = checkOrder(request, look())
      if (!check.allowed) return refuse(ports, request, check)
      // Whoever has given up does not reckon with the order any more.
      options.signal?.throwIfAborted()
      return record(ports, request, check)
    },
  }
}

/** Records an order in the name of this process, which must be its own. */
async function record(ports: OrderDeskPorts, request: OrderRequest, { venue, domain }: Destination): Promise<Order> {
  const { orderLog, dispatcher, instance, clock } = ports
  if (!ports.lease.isHeld())
    throw new QmtlError('E_UNAVAILABLE', `the instance name ${instance} may be that of another process by now`)
  const orderId = ports.newId()
  const release = dispatcher.claim(orderId)
  try {
    const result = await orderLog.append({ orderId, venue, domain, instance, request, nowMs: clock.now() })
    if (result.outcome === 'not_reducing') return await refuse(ports, request, notReducing(request, result.left))
    if (result.outcome !== 'placed') return await repeated(ports, result.order, result.outcome === 'known')
    ports.counted.add({ outcome: 'placed' })
    ports.onOrder(result.order)
    dispatcher.dispatch(result.order, { venue, domain })
    return result.order
  } finally {
    release()
  }
}

/** Reads what takes time, then gives a function that completes the picture in the turn of the check. */
async function lookAround(
  { submissions, readings, gates, venues, clock }: OrderDeskPorts,
  { strategy_id: strategyId, world_id: worldId }: OrderRequest,
  options: CallOptions,
): Promise<() => OrderSituation> {
  const world = await readings.worlds.read(worldId, options)
  const strategyWorlds = await submissions.worldsOf(strategyId)
  await gates.renew(worldId)
  return () => ({
    strategyWorlds,
    world: world.kind === 'fresh' ? world.value : undefined,
    held: gates.held(worldId),
    monotonicMs: clock.monotonic(),
    venues: venues.names,
  })
}

async function refuse(ports: OrderDeskPorts, request: OrderRequest, refusal: OrderRefusal): Promise<never> {
  const { code, reason, message } = refusal
  const { world_id, strategy_id, client_order_id } = request
  ports.counted.add({ outcome: 'refused' })
  // Nothing is kept of a strategy that nobody submitted: the table is bounded by the strategies.
  if (code !== 'E_UNKNOWN_STRATEGY') {
    const recorded = {
      world_id,
      strategy_id,
      client_order_id,
      code,
      message: `${reason}: ${message}`,
      atMs: ports.clock.now(),
    }
    await ports.refusalLog.append(recorded)
  }
  throw new QmtlError(code, message, { details: { reason, client_order_id } })
}

/** What does not truly reduce would pass a drain, an inactive side and the limit on notional in vain. */
function notReducing({ side, quantity, instrument }: OrderRequest, left: Decimal): OrderRefusal {
  const message = `a reduce-only ${side} of ${quantity} ${instrument} is over the ${decimalText(left)} left to reduce`
  return { allowed: false, code: 'E_ORDER_LIMIT', reason: 'not_reducing', message }
}

async function repeated({ counted, dispatcher }: OrderDeskPorts, order: Order, isSame: boolean): Promise<Order> {
  counted.add({ outcome: isSame ? 'repeated' : 'reused' })
  if (!isSame) throw reusedOrder(order)
  if (order.status === 'new') await dispatcher.takeUp(order)
  return order
}
