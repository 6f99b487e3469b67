import {
  absolute,
  compare,
  dividedBy,
  maximum,
  minimum,
  minus,
  negate,
  ONE,
  plus,
  QmtlError,
  quantizeDown,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { feeRate, type PercentFee } from '../fees/fee-schedule.ts'
import type { Security } from '../model/security.ts'
import type { BuyingPowerModel } from './buying-power-model.ts'
import { bookEquity, positionQuantity, positionValue, type Book, type PriceOf } from '../ledger/book.ts'

/** Buying power that bounds a notional: equity × leverage. */
export type NotionalModel = Extract<BuyingPowerModel, { readonly kind: 'leverage' }>

/**
 * A model of buying power as a bound of the notional, for books of one currency: a cash account has a leverage of 1, day
 * trading that of the closed session. Throws `E_INVALID_DATA` for models of margins per contract.
 */
export function notionalModelOf(model: BuyingPowerModel, { id }: Pick<Security, 'id'>): NotionalModel {
  const { unaffordable } = model
  switch (model.kind) {
    case 'leverage':
      return model
    case 'crypto-future':
      return { kind: 'leverage', leverage: model.leverage, unaffordable }
    case 'pattern-day-trading':
      return { kind: 'leverage', leverage: model.closedLeverage, unaffordable }
    case 'cash':
      return { kind: 'leverage', leverage: ONE, unaffordable }
    default:
      throw new QmtlError('E_INVALID_DATA', `${id} needs margins per contract, which a run over bars does not know`, {
        hint: 'replace the buying power of its class, such as { kind: leverage }',
      })
  }
}

/**
 * Notional that an order in this direction (+1 buys, −1 sells) may have before its fee: (equity − Σ margins) × leverage,
 * with `investable` that share of equity alone, plus, against an opposite position, that position's notional twice (its own and the one its flip needs). Never
 * negative; exact, because margins are compared multiplied by the leverage.
 */
export function availableNotional(
  book: Book,
  priceOf: PriceOf,
  order: { readonly instrument: string; readonly direction: -1 | 0 | 1 },
  model: NotionalModel & { readonly investable?: Decimal },
): Decimal {
  const whole = times(bookEquity(book, priceOf), model.leverage)
  let available = model.investable ? times(whole, model.investable) : whole
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

/** An order that funds have to pay; `unitValue` is price × multiplier. */
export interface AffordRequest {
  /** Signed. */
  readonly quantity: Decimal
  readonly unitValue: Decimal
  readonly lotSize: Decimal
}

/** As `affordableQuantity`, with a fee of any shape: from what the funds pay without one, sizes are
 * tried downwards until one fits with its own fee. */
export function affordableWithFee(
  { quantity, unitValue, lotSize }: AffordRequest,
  available: Decimal,
  { leverage, feeOf }: { readonly leverage: Decimal; readonly feeOf: (quantity: Decimal) => Decimal },
): Decimal {
  const signed = (size: Decimal): Decimal => (sign(quantity) < 0 ? negate(size) : size)
  const whole = absolute(quantity)
  const bare = quantizeDown(dividedBy(available, unitValue), lotSize)
  let size = compare(whole, bare) <= 0 ? whole : bare
  while (sign(size) > 0) {
    const feeNotional = times(feeOf(signed(size)), leverage)
    if (compare(plus(times(size, unitValue), feeNotional), available) <= 0) return signed(size)
    const room = quantizeDown(dividedBy(minus(available, feeNotional), unitValue), lotSize)
    size = minimum(room, quantizeDown(minus(size, lotSize), lotSize))
  }
  return ZERO
}

/**
 * The largest quantity, a multiple of the lot and signed as asked, that the available notional pays at this unit value
 * (price × multiplier) together with its fee; equality passes.
 */
export function affordableQuantity(
  request: AffordRequest,
  available: Decimal,
  costs: { readonly fees: PercentFee; readonly buyingPower: NotionalModel },
): Decimal {
  // A fee takes equity, so each unit of it costs leverage units of notional.
  const perUnit = times(request.unitValue, plus(ONE, times(feeRate(costs.fees), costs.buyingPower.leverage)))
  if (compare(times(absolute(request.quantity), perUnit), available) <= 0) return request.quantity
  const size = quantizeDown(dividedBy(available, perUnit), request.lotSize)
  return sign(request.quantity) < 0 ? negate(size) : size
}
