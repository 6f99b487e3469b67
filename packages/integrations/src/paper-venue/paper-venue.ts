import {
  canonicalJson,
  createGateLeaseHolder,
  judgeOrder,
  messageOf,
  QmtlError,
  type Clock,
  type CallOptions,
  type Fill,
  type GateClient,
  type GateLeaseHolder,
  type Order,
} from '@qmtl/contracts'
import type { Venue, VenueAnswer, VenueStats } from '@qmtl/brokerage'
import type { Bar, Instrument } from '@qmtl/market'
import { createPaperAccount, opensAfter, type PaperTerms, type PendingOrder } from './paper-account.ts'
import { createReportQueue } from './report-queue.ts'

export interface PaperVenuePorts {
  /** Leases of the worlds' activation epochs: the venue's own check on every order. */
  readonly worlds: GateClient
  readonly clock: Clock
  /** The instrument's terms. Throws `E_UNKNOWN_INSTRUMENT`. */
  readonly instrument: (id: string) => Instrument
  /** What trading costs in a world. */
  readonly termsOf: (worldId: string, options: CallOptions) => Promise<PaperTerms>
}

/** The simulated venue: market orders fill at the open of the next bar it receives, by the models of `brokerage`. */
export interface PaperVenue extends Venue {
  /** A closed bar of an instrument: fills what waits for it. */
  onBar(instrument: string, bar: Bar): void
  /** Rebuilds the books from recorded fills after a restart; orders that waited are gone with the process. */
  restore(fills: readonly Fill[], options: CallOptions): Promise<void>
  /** A world was frozen: refuses everything decided before `epoch` from here on and acknowledges. */
  close(worldId: string, epoch: number, options: CallOptions): Promise<void>
  /** Resolves when every fill and end reported so far was consumed: the moment to decide the next bar. */
  drained(): Promise<void>
  /** Bars received since it was made. */
  bars(): number
  /** Gives back the leases it holds. */
  stop(): Promise<void>
}

/** Creates the venue `name` (the part of an instrument id after its last dot). */
export function createPaperVenue(name: string, ports: PaperVenuePorts): PaperVenue {
  const account = createPaperAccount()
  const reports = createReportQueue()
  const holders = new Map<string, GateLeaseHolder>()
  const taken = new Map<string, string>()
  const pending = new Map<string, PendingOrder>()
  const counts = { submitted: 0, accepted: 0, refused: 0, fills: 0 }
  let barCount = 0

  function holderOf(worldId: string): GateLeaseHolder {
    const known = holders.get(worldId)
    if (known) return known
    const { worlds, clock } = ports
    const holder = createGateLeaseHolder({ worlds, clock, worldId, gateId: `venue:${name}` })
    holders.set(worldId, holder)
    return holder
  }

  /** Judges and takes an order in one turn: no await stands between the check and the act. */
  function take(order: Order, held: ReturnType<GateLeaseHolder['held']>, terms: PaperTerms): VenueAnswer {
    const content = canonicalJson(contentOf(order))
    const earlier = taken.get(order.client_order_id)
    if (earlier !== undefined) {
      return earlier === content
        ? accepted(order)
        : refused('E_ORDER_REUSED', `order ${order.client_order_id} was sent with other content`)
    }
    const verdict = judgeOrder(order, held, { monotonicMs: ports.clock.monotonic(), domains: ['dryrun'] })
    if (!verdict.allowed) return refused(verdict.code, verdict.message)
    if (order.type !== 'market') return refused('E_VENUE_REFUSED', `${name} takes market orders, not ${order.type}`)
    pending.set(order.client_order_id, { order, terms, instrument: ports.instrument(order.instrument) })
    taken.set(order.client_order_id, content)
    return accepted(order)
  }

  return {
    name,
    async submit(order, options) {
      counts.submitted += 1
      const answer = await prepare(order, options).catch(asRefusal)
      counts[answer.outcome] += 1
      return answer
    },
    async cancel({ world_id, client_order_id }) {
      if (!pending.delete(client_order_id))
        return refused('E_NOT_FOUND', `${name} has no open order ${client_order_id}`)
      const message = 'canceled on request'
      reports.push({ kind: 'ended', world_id, client_order_id, status: 'canceled', code: 'E_ORDER_CANCELED', message })
      return { outcome: 'accepted', venue_order_id: client_order_id }
    },
    reports: ({ signal }) => reports.take(signal),
    stats: (): VenueStats => ({ ...counts }),
    drained: () => reports.drained(),
    bars: () => barCount,
    onBar(instrument, bar) {
      barCount += 1
      const due = [...pending.values()].filter(({ order }) => order.instrument === instrument && opensAfter(bar, order))
      if (due.length > 0) account.setPrice(instrument, bar.open)
      for (const one of due) {
        pending.delete(one.order.client_order_id)
        for (const report of account.execute(one, bar, name)) {
          if (report.kind === 'filled') counts.fills += 1
          reports.push(report)
        }
      }
      account.setPrice(instrument, bar.close)
    },
    async restore(fills, options) {
      for (const fill of fills) {
        account.restore(fill, ports.instrument(fill.instrument), await ports.termsOf(fill.world_id, options))
      }
    },
    close: (worldId, epoch, options) => holderOf(worldId).close(epoch, [], options),
    async stop() {
      await Promise.allSettled([...holders.values()].map((holder) => holder.release()))
    },
  }

  async function prepare(order: Order, options: CallOptions): Promise<VenueAnswer> {
    const terms = await ports.termsOf(order.world_id, options)
    const holder = holderOf(order.world_id)
    await holder.renew(options)
    return take(order, holder.held(), terms)
  }
}

/** What must be equal for a repeated order to be the same order: not the Gateway's own bookkeeping. */
function contentOf({ client_order_id, world_id, strategy_id, instrument, side, quantity, type }: Order) {
  return { client_order_id, world_id, strategy_id, instrument, side, quantity, type }
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
