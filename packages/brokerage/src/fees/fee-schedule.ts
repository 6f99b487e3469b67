import { absolute, decimal, times, type Decimal } from '@qmtl/contracts'

/** How a venue charges: `percent` takes basis points of the notional of each fill. */
export type FeeSchedule = { readonly kind: 'percent'; readonly bps: Decimal }

const oneBasisPoint = decimal('0.0001')

/** Fee of a fill with this notional (either sign), in quote currency, exact and unrounded. Positive is a cost. */
export function feeForNotional(notional: Decimal, schedule: FeeSchedule): Decimal {
  return times(absolute(notional), feeRate(schedule))
}

/** The fee as a share of notional: what sizing must leave room for. */
export function feeRate(schedule: FeeSchedule): Decimal {
  return times(schedule.bps, oneBasisPoint)
}
