import type { CallOptions, ErrorCode, Fill, Order } from '@qmtl/contracts'

/** A fill as the venue reports it, before the Gateway has recorded it. */
export type VenueFill = Omit<Fill, 'received_at'>

/** What the venue says about an order after it took it. `ended` leaves the rest of the order unfilled for good. */
export type VenueReport =
  | { readonly kind: 'filled'; readonly fill: VenueFill }
  | {
      readonly kind: 'ended'
      readonly world_id: string
      readonly client_order_id: string
      readonly status: 'canceled' | 'invalid'
      readonly code: ErrorCode
      readonly message: string
    }

/** Whether the venue took a request. A refusal is final for it: nothing of it is kept. */
export type VenueAnswer =
  | { readonly outcome: 'accepted'; readonly venue_order_id: string }
  | { readonly outcome: 'refused'; readonly code: ErrorCode; readonly message: string }

/** What a venue says when it is asked to end an order. */
export type CancelAnswer =
  /** The order is open and will end; a report tells how. */
  | { readonly outcome: 'accepted' }
  /** It had the order, which has ended there: what is not consumed of its reports tells how. */
  | { readonly outcome: 'closed' }
  /** It never had the order. */
  | { readonly outcome: 'unknown' }
  /** The order stays open. */
  | { readonly outcome: 'refused'; readonly code: ErrorCode; readonly message: string }

export interface CancelRequest {
  readonly world_id: string
  readonly client_order_id: string
}

/** Counters since the adapter was made. */
export interface VenueStats {
  readonly submitted: number
  readonly accepted: number
  readonly refused: number
  readonly fills: number
}

/**
 * An exchange, a broker or their simulation; the last of the three checks on every order.
 *
 * - Fencing: the adapter holds its own lease on each world's activation epoch. `submit` refuses an order with
 *   `E_STALE_EPOCH` when its `epoch` is older than the newest the adapter knows, and with `E_ORDER_BLOCKED` without a fresh
 *   lease; the check and the write to the venue's socket are not separated by an await. `cancel` passes always: it can
 *   only take risk away.
 * - Idempotence: the same `client_order_id` with the same content, sent again, is accepted and trades once, also when the
 *   gate has closed since: a repeat is recognised before anything is judged. With other content it is refused with
 *   `E_ORDER_REUSED`.
 * - Reports: every execution is reported at least once, with a `fill_id` that repeats with it, each order's fills in order
 *   of `sequence`. An order that ends with a rest unfilled is reported `ended`. Reports not yet consumed are kept.
 * - Rejects only on failures (network, credentials): then whether the order was taken is unknown and the same call may be
 *   repeated. A caller waits for no answer longer than it likes; the signal tells.
 */
export interface Venue {
  /** The venue part of its instruments' ids: `SIM` of `BTC-USD.SIM`. */
  readonly name: string
  /** Sends an order that is recorded already. */
  submit(order: Order, options: CallOptions): Promise<VenueAnswer>
  /** Asks for the end of an order. */
  cancel(request: CancelRequest, options: CallOptions): Promise<CancelAnswer>
  /** Fills and ends of all worlds from the oldest unconsumed one; ends when the signal is aborted. One consumer. */
  reports(options: CallOptions): AsyncIterable<VenueReport>
  stats(): VenueStats
}
