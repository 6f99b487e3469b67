import {
  absolute,
  compare,
  dividedBy,
  maximum,
  minus,
  negate,
  ONE,
  plus,
  quantizeDown,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { feeRate, type PercentFee } from '../fees/fee-schedule.ts'
import { bookEquity, positionQuantity, positionValue, type Book, type PriceOf } from '../ledger/book.ts'

/**
 * How much may be bought. `leverage`: the margin of a position is its notional ÷ leverage, at entry and after; 1 lends
 * nothing. `unaffordable` says what becomes of an order that was affordable when decided and is not at its fill (the
 * market opened beyond it): `reduce` fills what can be paid, `refuse` nothing.
 */
export interface BuyingPowerModel {
  readonly kind: 'leverage'
  readonly leverage: Decimal
  readonly unaffordable: 'reduce' | 'refuse'
}

/**
 * Notional that an order in this direction (+1 buys, −1 sells) may have before its fee: (equity − Σ margins) × leverage,
 * plus, against an opposite position, that position's notional twice (its own and the one its flip needs). Never
 * negative; exact, because margins are compared multiplied by the leverage.
 */
export function availableNotional(
  book: Book,
  priceOf: PriceOf,
  order: { readonly instrument: string; readonly direction: -1 | 0 | 1 },
  model: BuyingPowerModel,
): Decimal {
  let available = times(bookEquity(book, priceOf), model.leverage)
  for (const position of book.positions.values()) {
    const notional = absolute(positionValue(position, priceOf(position.instrument)))
    const isOpposite = position.instrument === order.instrument && sign(position.quantity) === -order.direction
    available = isOpposite ? plus(available, notional) : minus(available, notional)
  }
  return maximum(available, ZERO)
}

/** True for an order that only makes an existing position smaller: always affordable. */
export function isReducing(book: Book, instrument: string, quantity: Decimal): boolean {
  const held = positionQuantity(book, instrument)
  return sign(held) === -sign(quantity) && compare(absolute(quantity), absolute(held)) <= 0
}

/**
 * The largest quantity, a multiple of the lot and signed as asked, that the available notional pays at this unit value
 * (price × multiplier) together with its fee; equality passes.
 */
export function affordableQuantity(
  request: { readonly quantity: Decimal; readonly unitValue: Decimal; readonly lotSize: Decimal },
  available: Decimal,
  costs: { readonly fees: PercentFee; readonly buyingPower: BuyingPowerModel },
): Decimal {
  // A fee takes equity, so each unit of it costs leverage units of notional.
  const perUnit = times(request.unitValue, plus(ONE, times(feeRate(costs.fees), costs.buyingPower.leverage)))
  if (compare(times(absolute(request.quantity), perUnit), available) <= 0) return request.quantity
  const size = quantizeDown(dividedBy(available, perUnit), request.lotSize)
  return sign(request.quantity) < 0 ? negate(size) : size
}
