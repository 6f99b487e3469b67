import type { Decimal } from '@qmtl/contracts'

/** When and at what price orders fill. */
export interface FillModel {
  readonly kind: 'immediate' | 'latest-price' | 'equity' | 'future' | 'future-option'
  /** Prices that ended longer than this before an order are stale; milliseconds. */
  readonly stalePriceSpanMs: number
  /** Greatest share of a bar's volume that one fill takes; absent: no limit. */
  readonly maxVolumeFraction?: Decimal
  /** Limit orders that rest wait their turn at their price; absent: a touch through the price fills all of it. */
  readonly queue?: QueueModel
}

const hourMs = 3_600_000

/**
 * An approximation of the queue at a price, after the volume that trades there. An order joins at the end: behind the size
 * quoted at its price, behind nothing inside the spread, and behind the best size where the book is not known that deep.
 * A bar whose far end is exactly at the price traded `touchShare` of its volume there; a bar or print beyond it has traded
 * everything. Orders ahead that are cancelled are seen only as a smaller quote.
 */
export interface QueueModel {
  readonly kind: 'behind-the-quote'
  /** Within [0, 1]. */
  readonly touchShare: Decimal
}

/** Fills of this kind with the field's defaults: prices are stale after an hour, volume is no limit. */
export function fillModel(kind: FillModel['kind']): FillModel {
  return { kind, stalePriceSpanMs: hourMs }
}
