import type { Decimal } from '@qmtl/contracts'
import type { Instrument } from '@qmtl/market'

/** The market at the instant of the fill: for `next-open` the open of the first bar after the deciding one. */
export interface MarketMoment {
  readonly instrument: Instrument
  readonly referencePrice: Decimal
  /** Epoch milliseconds UTC. */
  readonly tsMs: number
}
