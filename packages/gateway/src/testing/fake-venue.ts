import type { CancelAnswer, CancelRequest, Venue, VenueAnswer, VenueFill, VenueReport } from '@qmtl/brokerage'
import type { Order } from '@qmtl/contracts'

/** A venue outside: takes every order unless told otherwise, and reports what a test gives it. */
export interface FakeVenue extends Venue {
  /** Orders received, in order. */
  readonly received: Order[]
  readonly canceled: CancelRequest[]
  /** What `submit` does; accepted unless set. May throw. */
  onSubmit: (order: Order) => VenueAnswer | Promise<VenueAnswer>
  /** What `cancel` does; the order is unknown unless set. May throw. */
  onCancel: (request: CancelRequest) => CancelAnswer | Promise<CancelAnswer>
  report(report: VenueReport): void
  /** Fills a received order at its reference price. */
  fill(order: Order, change?: Partial<VenueFill>): void
}

export function createFakeVenue(name = 'SIM'): FakeVenue {
  const reports: VenueReport[] = []
  let wake = (): void => undefined
  const accepted: VenueAnswer = { outcome: 'accepted', venue_order_id: 'v1' }
  const venue: FakeVenue = {
    name,
    received: [],
    canceled: [],
    onSubmit: () => accepted,
    onCancel: () => ({ outcome: 'unknown' }),
    async submit(order) {
      venue.received.push(order)
      return venue.onSubmit(order)
    },
    async cancel(request) {
      venue.canceled.push(request)
      return venue.onCancel(request)
    },
    async *reports({ signal }) {
      signal?.addEventListener('abort', () => wake())
      while (signal?.aborted !== true) {
        const [next] = reports
        if (next === undefined) {
          await new Promise<void>((resolve) => (wake = resolve))
          continue
        }
        yield next
        reports.shift()
      }
    },
    report(report) {
      reports.push(report)
      wake()
    },
    fill(order, change = {}) {
      const { order_id, client_order_id, world_id, strategy_id, instrument, side, quantity } = order
      const ids = { order_id, client_order_id, world_id, strategy_id, instrument, side, quantity }
      const fill: VenueFill = {
        ...ids,
        fill_id: `${order_id}-1`,
        price: order.reference_price,
        fee: '0',
        fee_currency: 'USD',
        liquidity: 'taker',
        sequence: 1,
        venue: name,
        filled_at: '2024-01-01T01:00:00Z',
        ...change,
      }
      venue.report({ kind: 'filled', fill })
    },
    stats: () => ({ submitted: venue.received.length, accepted: 0, refused: 0, fills: 0 }),
  }
  return venue
}
