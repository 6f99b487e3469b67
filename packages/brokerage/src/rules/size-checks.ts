import { absolute, compare, decimalText, isZero, minimum, sign, times, type Decimal } from '@qmtl/contracts'
import type { Refusal } from '../model/refusal.ts'
import type { ForexBounds } from './order-rules.ts'
import { refusalOf, type RuleContext } from './rule-context.ts'

/** Refuses a quantity (either sign) outside the bounds of the pair's base currency, both inclusive; zero passes nowhere. */
export function checkForexSize(bounds: ForexBounds, quantity: Decimal, context: RuleContext): Refusal | undefined {
  if (context.security.assetClass !== 'forex') return undefined
  const currency = context.security.baseCurrency ?? context.security.ticker.slice(0, 3)
  const size = absolute(quantity)
  const what = 'needs a quantity within'
  const known = bounds[currency]
  if (!known) {
    return refusalOf(context, { code: 'OrderSizeLimit', what, limit: `no size of ${currency}`, seen: size })
  }
  const [least, most] = known
  if (!isZero(size) && compare(size, least) >= 0 && compare(size, most) <= 0) return undefined
  const limit = `${decimalText(least)} to ${decimalText(most)} ${currency}`
  return refusalOf(context, { code: 'OrderSizeLimit', what, limit, seen: size })
}

/** Refuses a quantity (either sign) below the instrument's minimum size; without one every size passes. */
export function checkMinimumQuantity(quantity: Decimal, context: RuleContext): Refusal | undefined {
  const least = context.security.minimumOrderSize
  const size = absolute(quantity)
  if (least === undefined || compare(size, least) >= 0) return undefined
  return refusalOf(context, { code: 'NotSupported', what: 'needs a quantity of at least', limit: least, seen: size })
}

/** Refuses a quantity outside a range, both bounds inclusive. */
export function checkQuantityRange(from: Decimal, to: Decimal, context: RuleContext): Refusal | undefined {
  const size = absolute(context.order.terms.quantity)
  if (compare(size, from) >= 0 && compare(size, to) <= 0) return undefined
  const limit = `${decimalText(from)} to ${decimalText(to)}`
  return refusalOf(context, { code: 'IncorrectOrderQuantity', what: 'needs a quantity within', limit, seen: size })
}

/**
 * Refuses an order whose notional does not exceed the instrument's minimum, in quote currency: quantity × limit, × stop, of a stop
 * limit order both, of a market order × the side it trades against, which is zero before the first data.
 */
export function checkMinimumNotional(context: RuleContext): Refusal | undefined {
  const least = context.security.minimumOrderSize
  if (least === undefined) return undefined
  const notional = times(absolute(context.order.terms.quantity), notionalPrice(context))
  if (compare(notional, least) > 0) return undefined
  return refusalOf(context, { code: 'NotSupported', what: 'needs a notional above', limit: least, seen: notional })
}

function notionalPrice({ order, market }: RuleContext): Decimal {
  const { type, quantity, limitPrice } = order.terms
  const side = sign(quantity) > 0 ? market.ask : market.bid
  const stop = order.stopPrice ?? side
  switch (type) {
    case 'limit':
      return limitPrice ?? side
    case 'stop_limit':
      return minimum(limitPrice ?? side, stop)
    case 'stop_market':
    case 'trailing_stop':
      return stop
    default:
      return side
  }
}
