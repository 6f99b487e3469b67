import { decimal, minus, plus, sign, times, type Decimal } from '@qmtl/contracts'

/**
 * How far a fill ends up from the price it was made at, per unit and always against the order. `bps` is a share of that
 * price in basis points, `constant` a share of the last value, `volume-share` grows with the square of the order's share in
 * a bar's volume, `spread` is a share of ask − bid, `market-impact` draws from a model of temporary and permanent impact.
 */
export type SlippageModel =
  | { readonly kind: 'none' }
  | { readonly kind: 'bps'; readonly bps: Decimal }
  | { readonly kind: 'constant'; readonly fraction: Decimal }
  | { readonly kind: 'volume-share'; readonly volumeLimit: Decimal; readonly priceImpact: Decimal }
  | { readonly kind: 'spread'; readonly fraction: Decimal }
  | { readonly kind: 'market-impact'; readonly seed: number; readonly parameters: ImpactParameters }

/** Constants of the market impact model; times in seconds. */
export interface ImpactParameters {
  readonly latencyS: number
  readonly impactTimeS: number
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  readonly eta: number
  readonly delta: number
}

/** Slippage in proportion to the price alone. */
export type ProportionalSlippage = Extract<SlippageModel, { kind: 'bps' }>

const oneBasisPoint = decimal('0.0001')

/** Slippage per unit as a share of the reference price, never negative. */
export function slippageRate(model: ProportionalSlippage): Decimal {
  return times(model.bps, oneBasisPoint)
}

/**
 * The price a market order of this signed quantity pays: reference + slippage for a buy, − for a sell. Exact: a fill price
 * is not rounded to the tick, because ticks bind the prices of orders, and a rounded one would hide small slippage.
 */
export function slippedPrice(reference: Decimal, quantity: Decimal, model: ProportionalSlippage): Decimal {
  const rate = slippageRate(model)
  if (sign(rate) === 0) return reference
  const perUnit = times(reference, rate)
  return sign(quantity) < 0 ? minus(reference, perUnit) : plus(reference, perUnit)
}
