import { decimal, minus, plus, sign, times, type Decimal } from '@qmtl/contracts'

/** How far a market order fills from the reference price: `bps` is proportional to the price, against the order. */
export type SlippageModel = { readonly kind: 'bps'; readonly bps: Decimal }

const oneBasisPoint = decimal('0.0001')

/** Slippage per unit as a share of the reference price, never negative. */
export function slippageRate(model: SlippageModel): Decimal {
  return times(model.bps, oneBasisPoint)
}

/**
 * The price a market order of this signed quantity pays: reference + slippage for a buy, − for a sell. Exact: a fill price
 * is not rounded to the tick, because ticks bind the prices of orders, and a rounded one would hide small slippage.
 */
export function slippedPrice(reference: Decimal, quantity: Decimal, model: SlippageModel): Decimal {
  const rate = slippageRate(model)
  if (sign(rate) === 0) return reference
  const perUnit = times(reference, rate)
  return sign(quantity) < 0 ? minus(reference, perUnit) : plus(reference, perUnit)
}
