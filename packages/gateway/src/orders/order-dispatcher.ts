import { setTimeout as sleep } from 'node:timers/promises'
import type { Venue, VenueAnswer } from '@qmtl/brokerage'
import { isClosedOrder, judgeOrder, orderStatuses, type Clock, type Order } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import type { TradingDomain } from '../database/tables.ts'
import type { IngressGates } from './ingress-gates.ts'
import type { OrderChange, OrderRepository } from './order-repository.ts'
import type { VenueDirectory } from './venue-directory.ts'

export interface OrderDispatcherPorts {
  readonly orders: Pick<OrderRepository, 'change' | 'unfinished'>
  readonly venues: VenueDirectory
  readonly gates: Pick<IngressGates, 'renew' | 'held'>
  readonly clock: Clock
  readonly log: Logger
  /** Name of this process: it settles its own orders after a restart, not those of others. */
  readonly instance: string
  /** Told of an order that changed, once that is durable. */
  readonly onOrder: (order: Order) => void
}

/** Takes recorded orders to their venues. */
export interface OrderDispatcher {
  /**
   * Sends an order in the background, in the order of the calls. The gate is judged again right before the write: an order
   * whose gate has closed since it was recorded ends as canceled and is not kept for later.
   */
  dispatch(order: Order, to: Destination): void
  /** Orders of a world that left and whose answers are due, by client_order_id. */
  inFlight(worldId: string): readonly string[]
  /** Resolves when every order dispatched so far has its answer. */
  idle(): Promise<void>
  isIdle(): boolean
  /** After a restart: asks the venues to end what was open; what they do not know is lost and never sent again. */
  reconcile(): Promise<void>
  /** Ends the waiting for venues that do not answer. */
  stop(): Promise<void>
}

export interface Destination {
  readonly venue: string
  readonly domain: TradingDomain
}

const mostTries = 3
const firstPauseMs = 100
const openStatuses = orderStatuses.filter((status) => !isClosedOrder(status))

interface Shared extends OrderDispatcherPorts {
  readonly flying: Map<string, Order>
  readonly stopping: AbortController
}

export function createOrderDispatcher(ports: OrderDispatcherPorts): OrderDispatcher {
  const shared: Shared = { ...ports, flying: new Map(), stopping: new AbortController() }
  const pending = new Set<Promise<void>>()

  function own(work: Promise<void>, order: Order): void {
    const owned = work
      .catch((error: unknown) => ports.log.error('order-dispatch-failed', { order_id: order.order_id, error }))
      .finally(() => pending.delete(owned))
    pending.add(owned)
  }

  return {
    dispatch: (order, to) => own(send(shared, order, to), order),
    inFlight: (worldId) =>
      [...shared.flying.values()].filter((order) => order.world_id === worldId).map((order) => order.client_order_id),
    async idle() {
      while (pending.size > 0) await Promise.all(pending)
    },
    isIdle: () => pending.size === 0,
    async reconcile() {
      for (const { order, venue, domain } of await ports.orders.unfinished(ports.instance)) {
        await reconcileOrder(shared, order, { venue, domain })
      }
    },
    async stop() {
      shared.stopping.abort()
      await Promise.all(pending)
    },
  }
}

async function send(shared: Shared, order: Order, to: Destination): Promise<void> {
  const venue = shared.venues.find(to.domain, to.venue)
  if (venue === undefined) return end(shared, order, 'E_ORDER_BLOCKED: the venue is not connected any more')
  for (let attempt = 1; attempt <= mostTries; attempt++) {
    await shared.gates.renew(order.world_id)
    const verdict = judgeOrder(order, shared.gates.held(order.world_id), {
      monotonicMs: shared.clock.monotonic(),
      domains: [to.domain],
    })
    // From the verdict to the venue there is no await. An order that may have left before this try is asked back.
    if (!verdict.allowed)
      return attempt === 1 ? end(shared, order, `${verdict.code}: ${verdict.message}`) : withdraw(shared, order, venue)
    const answer = await submit(shared, order, venue)
    if (answer !== undefined) return settleAnswer(shared, order, answer)
    if (attempt < mostTries) await pause(firstPauseMs * 2 ** (attempt - 1), shared.stopping.signal)
  }
  await withdraw(shared, order, venue)
}

async function submit(shared: Shared, order: Order, venue: Venue): Promise<VenueAnswer | undefined> {
  shared.flying.set(order.order_id, order)
  try {
    return await venue.submit(order, { signal: shared.stopping.signal })
  } catch (error) {
    shared.log.warn('order-unanswered', { order_id: order.order_id, venue: venue.name, error })
    return undefined
  } finally {
    shared.flying.delete(order.order_id)
  }
}

async function settleAnswer(shared: Shared, order: Order, answer: VenueAnswer): Promise<void> {
  if (answer.outcome === 'accepted') return change(shared, order, { status: 'submitted', from: ['new'] })
  await change(shared, order, {
    status: 'invalid',
    reason: `${answer.code}: ${answer.message}`,
    from: ['new', 'submitted'],
  })
}

function end(shared: Shared, order: Order, reason: string): Promise<void> {
  return change(shared, order, { status: 'canceled', reason, from: openStatuses })
}

/** Whether the venue has the order is not known: it is asked to end it. */
async function withdraw(shared: Shared, order: Order, venue: Venue): Promise<void> {
  await cancel(shared, order, venue, 'E_UNAVAILABLE: the venue did not answer and does not know the order')
}

async function cancel(shared: Shared, order: Order, venue: Venue, ifUnknown: string): Promise<void> {
  const { world_id, client_order_id, order_id } = order
  try {
    const answer = await venue.cancel({ world_id, client_order_id }, { signal: shared.stopping.signal })
    if (answer.outcome === 'accepted')
      return await change(shared, order, { status: 'cancel_pending', from: openStatuses })
    if (answer.code === 'E_NOT_FOUND') return await end(shared, order, ifUnknown)
    shared.log.error('order-cancel-refused', { order_id, venue: venue.name, code: answer.code, reason: answer.message })
  } catch (error) {
    // It stays open in the log, and the next start asks again.
    shared.log.error('order-cancel-failed', { order_id, venue: venue.name, error })
  }
}

async function reconcileOrder(shared: Shared, order: Order, to: Destination): Promise<void> {
  const venue = shared.venues.find(to.domain, to.venue)
  if (venue !== undefined) return cancel(shared, order, venue, 'lost-at-restart: the venue does not know the order')
  shared.log.error('order-venue-missing', { order_id: order.order_id, venue: to.venue, domain: to.domain })
}

async function change(shared: Shared, order: Order, to: OrderChange): Promise<void> {
  const changed = await shared.orders.change(order.order_id, to, shared.clock.now())
  if (changed !== undefined) shared.onOrder(changed)
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An abort ends the pause; that is its purpose.
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
