import type { Venue, VenueAnswer } from '@qmtl/brokerage'
import { isClosedOrder, judgeOrder, orderStatuses, type CallOptions, type Clock, type Order } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import { askVenue } from './ask-venue.ts'
import type { IngressGates } from './ingress-gates.ts'
import type { InstanceLease } from './instance-lease.ts'
import type { OpenOrder, OrderChange, OrderRepository } from './order-repository.ts'
import { createOrderWork } from './order-work.ts'
import { createWithdrawals, type Destination, type Withdrawals } from './order-withdrawals.ts'
import { pause, untilDone } from './until-done.ts'
import type { VenueDirectory } from './venue-directory.ts'

export interface OrderDispatcherPorts {
  readonly orders: Pick<OrderRepository, 'change' | 'unfinished' | 'unsent'>
  readonly venues: VenueDirectory
  readonly gates: Pick<IngressGates, 'renew' | 'held'>
  readonly clock: Clock
  readonly log: Logger
  /** Name of this process: it settles its own orders, not those of others. */
  readonly instance: string
  /** Without the name it leaves the orders under it to whoever bears it. */
  readonly lease: Pick<InstanceLease, 'isHeld'>
  /** Told of an order that changed, once that is durable. */
  readonly onOrder: (order: Order) => void
  /** How long a venue may take to answer a call, in milliseconds; default 10 s. */
  readonly callTimeoutMs?: number
}

/** Takes recorded orders to their venues. */
export interface OrderDispatcher {
  /**
   * Claims an order that is being recorded under this id: until the function returned is called, `mend` leaves it alone.
   */
  claim(orderId: string): () => void
  /**
   * Sends an order in the background, in the order of the calls. The gate is judged again right before the write: an order
   * whose gate has closed since it was recorded ends as canceled and is not kept for later.
   */
  dispatch(order: Order, to: Destination): void
  /** Sends a recorded order that has not left and that nothing here is at work on: its recording was not answered. */
  takeUp(order: Order): Promise<void>
  /** Orders of a world that left and whose answers are due, by client_order_id. */
  inFlight(worldId: string): readonly string[]
  /** Resolves when every order dispatched so far has its answer, or its venue has let the time for one pass. */
  idle(): Promise<void>
  isIdle(): boolean
  /**
   * After a restart: asks the venues once to end what was open, and does not wait for one that does not answer; what they
   * never had is lost and never sent again. From then on `mend` runs every five seconds.
   */
  start(): Promise<void>
  /** Asks again where a venue has not answered, and ends orders that were recorded and never sent. */
  mend(): Promise<void>
  /** Waits two seconds for what is under way, then ends the waiting for venues that do not answer. */
  stop(): Promise<void>
}

const mostTries = 3
const firstPauseMs = 100
const mendEveryMs = 5_000
const lastWaitMs = 2_000
const openStatuses = orderStatuses.filter((status) => !isClosedOrder(status))

interface Shared extends OrderDispatcherPorts {
  /** Orders that left and whose answers are due. */
  readonly flying: Map<string, Order>
  readonly withdrawals: Withdrawals
  /** Open orders whose venue is not connected, by id. */
  readonly stranded: Set<string>
  readonly ask: <Answer>(call: (options: CallOptions) => Promise<Answer>) => Promise<Answer>
  readonly stopping: AbortSignal
}

export function createOrderDispatcher(ports: OrderDispatcherPorts): OrderDispatcher {
  const stopping = new AbortController()
  const shared = createShared(ports, stopping.signal)
  const work = createOrderWork(ports.log)
  let mending: Promise<void> | undefined

  const isAtWork = (id: string): boolean => work.isClaimed(id) || shared.withdrawals.has(id) || shared.stranded.has(id)

  async function unsent(orderId: string): Promise<OpenOrder | undefined> {
    return (await ports.orders.unsent(ports.instance)).find(({ order }) => order.order_id === orderId)
  }

  async function mend(): Promise<void> {
    if (!ports.lease.isHeld()) return
    const left = (await ports.orders.unsent(ports.instance)).filter(({ order }) => !isAtWork(order.order_id))
    for (const { order } of left) {
      // Claimed first and read again: it may have been sent since.
      await work.run(order, async () => {
        const open = await unsent(order.order_id)
        if (open !== undefined) noteOpen(shared, [open], 'never-sent: recording the order was not answered')
      })
    }
    await shared.withdrawals.askAgain()
  }

  async function keepMending(): Promise<void> {
    for (;;) {
      await pause(mendEveryMs, stopping.signal)
      if (stopping.signal.aborted) return
      await mend().catch((error: unknown) => ports.log.warn('order-mending-failed', { error }))
    }
  }

  return {
    claim: work.claim,
    dispatch: (order, to) => void work.run(order, () => send(shared, order, to)),
    async takeUp(order) {
      if (isAtWork(order.order_id)) return
      const release = work.claim(order.order_id)
      try {
        const open = await unsent(order.order_id)
        if (open !== undefined) void work.run(open.order, () => send(shared, open.order, open))
      } finally {
        release()
      }
    },
    inFlight: (worldId) =>
      [...shared.flying.values()].filter((order) => order.world_id === worldId).map((order) => order.client_order_id),
    idle: work.idle,
    isIdle: work.isIdle,
    async start() {
      noteOpen(shared, await ports.orders.unfinished(ports.instance), 'lost-at-restart: the venue never had the order')
      await shared.withdrawals.askAgain()
      mending ??= keepMending()
    },
    mend,
    async stop() {
      const waited = new AbortController()
      await Promise.race([work.idle(), pause(lastWaitMs, waited.signal)])
      waited.abort()
      stopping.abort()
      await Promise.all([work.idle(), mending])
    },
  }
}

function createShared(ports: OrderDispatcherPorts, stopping: AbortSignal): Shared {
  const flying = new Map<string, Order>()
  const { log, callTimeoutMs: timeoutMs = 10_000 } = ports
  const ask: Shared['ask'] = (call) => askVenue(call, { timeoutMs, stopping })
  const withdrawals = createWithdrawals({
    cancel: (venue, { world_id, client_order_id }) =>
      ask((options) => venue.cancel({ world_id, client_order_id }, options)),
    async onAnswer(order, answer) {
      flying.delete(order.order_id)
      if ('lost' in answer) await end(shared, order, answer.lost)
      else await change(shared, order, { status: 'cancel_pending', from: openStatuses })
    },
    log,
  })
  const shared: Shared = { ...ports, flying, withdrawals, stranded: new Set(), ask, stopping }
  return shared
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
    if (answer?.outcome === 'refused' && attempt > 1) return withdraw(shared, order, venue)
    if (answer !== undefined) return settleAnswer(shared, order, answer)
    if (attempt < mostTries) await pause(firstPauseMs * 2 ** (attempt - 1), shared.stopping)
  }
  await withdraw(shared, order, venue)
}

async function submit(shared: Shared, order: Order, venue: Venue): Promise<VenueAnswer | undefined> {
  shared.flying.set(order.order_id, order)
  try {
    return await shared.ask((options) => venue.submit(order, options))
  } catch (error) {
    shared.log.warn('order-unanswered', { order_id: order.order_id, venue: venue.name, error })
    return undefined
  }
}

async function settleAnswer(shared: Shared, order: Order, answer: VenueAnswer): Promise<void> {
  shared.flying.delete(order.order_id)
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

/** A try was not answered, so whether the venue has the order is not known: it is asked to end it. */
function withdraw(shared: Shared, order: Order, venue: Venue): Promise<void> {
  const ifUnknown = 'E_UNAVAILABLE: the venue did not answer and never had the order'
  return shared.withdrawals.add({ order, venue, ifUnknown })
}

function noteOpen(shared: Shared, open: readonly OpenOrder[], ifUnknown: string): void {
  for (const { order, venue: name, domain } of open) {
    const venue = shared.venues.find(domain, name)
    if (venue !== undefined) {
      shared.withdrawals.note({ order, venue, ifUnknown })
      continue
    }
    shared.stranded.add(order.order_id)
    shared.log.error('order-venue-missing', { order_id: order.order_id, venue: name, domain })
  }
}

/** A change that is not recorded would leave the order open for good. */
async function change({ orders, clock, log, onOrder, stopping }: Shared, order: Order, to: OrderChange): Promise<void> {
  const { order_id } = order
  const write = async (): Promise<void> => {
    const changed = await orders.change(order_id, to, clock.now())
    if (changed !== undefined) onOrder(changed)
  }
  await untilDone(write, {
    signal: stopping,
    onFailure: (error) => log.error('order-not-changed', { order_id, status: to.status, error }),
  })
}
