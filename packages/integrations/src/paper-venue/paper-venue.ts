import { randomUUID } from 'node:crypto'
import {
  canonicalJson,
  judgeOrder,
  messageOf,
  parseInstant,
  QmtlError,
  type CallOptions,
  type Clock,
  type Fill,
  type GateClient,
  type HeldLease,
  type Order,
} from '@qmtl/contracts'
import type { CancelAnswer, CancelRequest, Venue, VenueAnswer } from '@qmtl/brokerage'
import type { Bar } from '@qmtl/market'
import { createPaperAccount, type PaperAccount, type PaperTerms, type PendingOrder } from './paper-account.ts'
import { createReportQueue, type ReportQueue } from './report-queue.ts'
import { createVenueLeases } from './venue-leases.ts'

export interface PaperVenuePorts {
  /** Leases of the worlds' activation epochs: the venue's own check on every order. */
  readonly worlds: GateClient
  readonly clock: Clock
  /** What trading is like in a world. */
  readonly termsOf: (worldId: string, options: CallOptions) => Promise<PaperTerms>
}

/** The simulated venue: market orders fill at the open of the next bar it receives, by the models of `brokerage`. */
export interface PaperVenue extends Venue {
  /** A closed bar of an instrument in a world's market: fills what waits for it there. Each world has its own market time. */
  onBar(worldId: string, instrument: string, bar: Bar): void
  /** Rebuilds the books from recorded fills after a restart; orders that waited are gone with the process. */
  restore(fills: readonly Fill[], options: CallOptions): Promise<void>
  /** A world was frozen: refuses everything decided before `epoch` from here on and acknowledges. */
  close(worldId: string, epoch: number, options: CallOptions): Promise<void>
  /** Bars received since it was made. */
  bars(): number
  /** Gives back the leases it holds. */
  stop(): Promise<void>
}

/** Everything that moves inside the venue. */
interface Desk {
  readonly name: string
  readonly ports: PaperVenuePorts
  readonly account: PaperAccount
  readonly reports: ReportQueue
  /** Content of the latest orders taken, by world and id: a repeat is told from a reuse. */
  readonly taken: Map<string, string>
  readonly pending: Map<string, PendingOrder>
  /** Open time of the newest bar seen, by world and instrument. */
  readonly newestOpens: Map<string, number>
  readonly counts: { submitted: number; accepted: number; refused: number; fills: number; bars: number }
}

/** Creates the venue `name` (the part of an instrument id after its last dot). */
export function createPaperVenue(name: string, ports: PaperVenuePorts): PaperVenue {
  // Two processes may simulate a venue of one name; to a world they are two gates.
  const leases = createVenueLeases(ports.worlds, ports.clock, `venue:${name}:${randomUUID().slice(0, 8)}`)
  const desk: Desk = {
    name,
    ports,
    account: createPaperAccount(),
    reports: createReportQueue(),
    taken: new Map(),
    pending: new Map(),
    newestOpens: new Map(),
    counts: { submitted: 0, accepted: 0, refused: 0, fills: 0, bars: 0 },
  }

  async function prepareAndTake(order: Order, options: CallOptions): Promise<VenueAnswer> {
    const known = recognise(desk, order)
    if (known !== undefined) return known
    const terms = await ports.termsOf(order.world_id, options)
    await leases.renew(order.world_id, options)
    return take(desk, order, leases.held(order.world_id), terms)
  }

  return {
    name,
    async submit(order, options) {
      desk.counts.submitted += 1
      const answer = await prepareAndTake(order, options).catch(asRefusal)
      desk.counts[answer.outcome] += 1
      return answer
    },
    cancel: async (request) => cancel(desk, request),
    reports: ({ signal }) => desk.reports.take(signal),
    stats: () => ({ ...desk.counts }),
    bars: () => desk.counts.bars,
    onBar: (worldId, instrument, bar) => fillWaiting(desk, { worldId, instrument }, bar),
    async restore(fills, options) {
      const known = new Map<string, PaperTerms>()
      for (const fill of fills) {
        const terms = known.get(fill.world_id) ?? (await ports.termsOf(fill.world_id, options))
        known.set(fill.world_id, terms)
        desk.account.restore(fill, terms)
      }
    },
    close: (worldId, epoch, options) => leases.close(worldId, epoch, [], options),
    stop: () => leases.releaseAll(),
  }
}

/** The answer to an order whose id was seen before; nothing for a new one. */
function recognise({ taken }: Desk, order: Order): VenueAnswer | undefined {
  const earlier = taken.get(keyOf(order.world_id, order.client_order_id))
  if (earlier === undefined) return undefined
  return earlier === contentOf(order)
    ? accepted(order)
    : refused('E_ORDER_REUSED', `order ${order.client_order_id} was sent with other content`)
}

/** Judges and takes an order in one turn: no await stands between the check and the act. */
function take(desk: Desk, order: Order, held: HeldLease | undefined, terms: PaperTerms): VenueAnswer {
  // Its twin may have been taken while this one waited for its lease.
  const known = recognise(desk, order)
  if (known !== undefined) return known
  const verdict = judgeOrder(order, held, { monotonicMs: desk.ports.clock.monotonic(), domains: ['dryrun'] })
  if (!verdict.allowed) return refused(verdict.code, verdict.message)
  if (order.type !== 'market') return refused('E_VENUE_REFUSED', `${desk.name} takes market orders, not ${order.type}`)
  const instrument = terms.instrumentOf(order.instrument)
  // A bar that comes again after this order was decided lies in its past, whatever the interval it was decided on.
  const seenMs = desk.newestOpens.get(keyOf(order.world_id, order.instrument)) ?? -Infinity
  const afterMs = Math.max(seenMs, parseInstant(order.bar_ts))
  const key = keyOf(order.world_id, order.client_order_id)
  desk.pending.set(key, { order, terms, instrument, afterMs })
  desk.taken.set(key, contentOf(order))
  forgetOldest(desk)
  return accepted(order)
}

/** The Gateway repeats an order within seconds, or never; a desk that runs for months must not grow. */
const remembered = 10_000

function forgetOldest({ taken, pending }: Desk): void {
  if (taken.size <= remembered) return
  for (const key of taken.keys()) {
    if (pending.has(key)) continue
    taken.delete(key)
    return
  }
}

function cancel({ taken, pending, reports }: Desk, { world_id, client_order_id }: CancelRequest): CancelAnswer {
  const key = keyOf(world_id, client_order_id)
  if (!pending.delete(key)) return { outcome: taken.has(key) ? 'closed' : 'unknown' }
  const message = 'canceled on request'
  reports.push({ kind: 'ended', world_id, client_order_id, status: 'canceled', code: 'E_ORDER_CANCELED', message })
  return { outcome: 'accepted' }
}

interface MarketPlace {
  readonly worldId: string
  readonly instrument: string
}

function fillWaiting(desk: Desk, { worldId, instrument }: MarketPlace, bar: Bar): void {
  const { name, account, pending, reports, counts, newestOpens } = desk
  const key = keyOf(worldId, instrument)
  counts.bars += 1
  newestOpens.set(key, Math.max(bar.openTimeMs, newestOpens.get(key) ?? -Infinity))
  const due = [...pending.values()].filter(
    ({ order, afterMs }) => order.world_id === worldId && order.instrument === instrument && bar.openTimeMs > afterMs,
  )
  if (due.length > 0) account.setPrice(worldId, instrument, bar.open)
  for (const one of due) {
    pending.delete(keyOf(worldId, one.order.client_order_id))
    for (const report of account.execute(one, bar, name)) {
      if (report.kind === 'filled') counts.fills += 1
      reports.push(report)
    }
  }
  account.setPrice(worldId, instrument, bar.close)
}

/** Ids are unique within a world only. */
function keyOf(worldId: string, id: string): string {
  return `${worldId}\u001f${id}`
}

/** What must be equal for a repeated order to be the same order: not the Gateway's own bookkeeping. */
function contentOf({ strategy_id, instrument, side, quantity, type, reduce_only = false }: Order): string {
  return canonicalJson({ strategy_id, instrument, side, quantity, type, reduce_only })
}

function accepted(order: Order): VenueAnswer {
  return { outcome: 'accepted', venue_order_id: order.client_order_id }
}

function refused(code: Extract<VenueAnswer, { outcome: 'refused' }>['code'], message: string): VenueAnswer {
  return { outcome: 'refused', code, message }
}

/** Whatever keeps the venue from judging an order refuses it. */
function asRefusal(thrown: unknown): VenueAnswer {
  return thrown instanceof QmtlError
    ? refused(thrown.code, thrown.message)
    : refused('E_ORDER_BLOCKED', `the venue could not check the order: ${messageOf(thrown)}`)
}
