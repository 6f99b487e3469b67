import { compare, decimalText, isZero, negate, sign, times, type Decimal } from '@qmtl/contracts'
import type { Instrument } from '@qmtl/market'
import { affordableQuantity, availableNotional, isReducing } from '../buying-power/buying-power.ts'
import { feeForNotional } from '../fees/fee-schedule.ts'
import { positionQuantity, type Book, type LedgerFill, type PriceOf } from '../ledger/book.ts'
import type { RealityModels } from '../models/reality-models.ts'
import { slippedPrice } from '../slippage/slippage-model.ts'

/** A market order as the fill rule sees it. */
export interface MarketOrder {
  /** Signed, not zero. */
  readonly quantity: Decimal
  /** May only make the position smaller: it is cut to the position, and refused where there is none. */
  readonly reduceOnly: boolean
}

/** The market at the instant of the fill: for `next-open` the open of the first bar after the deciding one. */
export interface MarketMoment {
  readonly instrument: Instrument
  readonly referencePrice: Decimal
  /** Epoch milliseconds UTC. */
  readonly tsMs: number
}

/**
 * The book that pays, and current prices of what else it holds (the order's own instrument is valued at the reference
 * price). Without it neither funds nor reduce-only can be checked.
 */
export interface Funds {
  readonly book: Book
  readonly priceOf: PriceOf
}

/** Why an order, or the rest of one, is not filled. */
export interface FillRefusal {
  readonly code: 'E_INSUFFICIENT_FUNDS' | 'E_VENUE_REFUSED'
  /** Names the order, the limit and the value seen. */
  readonly message: string
}

/** A fill, with the reason where it is smaller than the order (the rest has ended), or none at all. */
export type FillOutcome =
  | { readonly kind: 'filled'; readonly fill: LedgerFill; readonly cut?: FillRefusal }
  | ({ readonly kind: 'refused' } & FillRefusal)

/**
 * Fills a market order at the reference price plus slippage against it, with its fee. The one path of backtest and paper
 * venue. An order beyond the funds is cut to what they pay or refused, as the buying power model says; what was cut off
 * is not kept. Orders that only reduce a position always fill.
 */
export function fillMarketOrder(
  order: MarketOrder,
  moment: MarketMoment,
  models: RealityModels,
  funds?: Funds,
): FillOutcome {
  if (!funds) return filled(order.quantity, moment, models)
  if (order.reduceOnly) return fillReduceOnly(order.quantity, moment, models, funds)
  if (isReducing(funds.book, moment.instrument.id, order.quantity)) return filled(order.quantity, moment, models)
  return fillFunded(order.quantity, moment, models, funds)
}

function fillReduceOnly(quantity: Decimal, moment: MarketMoment, models: RealityModels, funds: Funds): FillOutcome {
  const { id } = moment.instrument
  const held = positionQuantity(funds.book, id)
  if (isReducing(funds.book, id, quantity)) return filled(quantity, moment, models)
  const message = `reduce-only order of ${decimalText(quantity)} ${id} meets a position of ${decimalText(held)}`
  const refusal = { code: 'E_VENUE_REFUSED', message } as const
  if (sign(held) !== -sign(quantity)) return { kind: 'refused', ...refusal }
  return filled(negate(held), moment, models, refusal)
}

function fillFunded(quantity: Decimal, moment: MarketMoment, models: RealityModels, funds: Funds): FillOutcome {
  const { instrument } = moment
  const side = { instrument: instrument.id, direction: sign(quantity) }
  const priceOf: PriceOf = (id) => (id === instrument.id ? moment.referencePrice : funds.priceOf(id))
  const available = availableNotional(funds.book, priceOf, side, models.buyingPower)
  const unitValue = times(slippedPrice(moment.referencePrice, quantity, models.slippage), instrument.multiplier)
  const affordable = affordableQuantity({ quantity, unitValue, lotSize: instrument.lotSize }, available, models)
  if (compare(affordable, quantity) === 0) return filled(quantity, moment, models)
  const message = `order of ${decimalText(quantity)} ${instrument.id} at ${decimalText(unitValue)} needs more than the available ${decimalText(available)}`
  const refusal = { code: 'E_INSUFFICIENT_FUNDS', message } as const
  const isDropped = isZero(affordable) || models.buyingPower.unaffordable === 'refuse'
  return isDropped ? { kind: 'refused', ...refusal } : filled(affordable, moment, models, refusal)
}

function filled(quantity: Decimal, moment: MarketMoment, models: RealityModels, cut?: FillRefusal): FillOutcome {
  const { id, multiplier } = moment.instrument
  const price = slippedPrice(moment.referencePrice, quantity, models.slippage)
  const fee = feeForNotional(times(times(quantity, price), multiplier), models.fees)
  const fill = { instrument: id, quantity, price, multiplier, fee, tsMs: moment.tsMs }
  return cut ? { kind: 'filled', fill, cut } : { kind: 'filled', fill }
}
