import { absolute, assertNever, dividedBy, QmtlError, sign, times, type Decimal } from '@qmtl/contracts'
import type { MarketView } from '../model/market-view.ts'
import type { Fee } from '../model/money.ts'
import { isMaker, isMarketable } from '../model/order-questions.ts'
import type { OrderState, OrderTerms } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'
import type { MakerTakerFee, SpotPayment } from './fee-schedule.ts'

interface PricedOrder {
  readonly order: OrderState
  readonly security: Security
  readonly market: MarketView
}

/** The fee of a maker-taker schedule. Throws `E_INVALID_PARAMETER` for a fee in base currency of an instrument without one. */
export function makerTakerFee(schedule: MakerTakerFee, priced: PricedOrder): Fee {
  const { order, security } = priced
  const rate = isMakerUnder(schedule, order) ? schedule.maker : schedule.taker
  const size = absolute(order.terms.quantity)
  if (schedule.pays === 'contract') return contractFee(times(size, rate), priced)
  const payment = paymentOf(schedule, schedule.pays, order.terms)
  if (payment === 'base') return { amount: times(size, rate), currency: baseOf(security) }
  const unit = times(unitPrice(payment, priced), security.multiplier)
  return { amount: times(times(size, unit), rate), currency: security.quoteCurrency }
}

function isMakerUnder(schedule: MakerTakerFee, order: OrderState): boolean {
  if (schedule.hiddenTakes === true && order.terms.hidden === true) return false
  if (schedule.ignoresPostOnly === true) return order.terms.type === 'limit' && !isMarketable(order)
  return isMaker(order)
}

/** `charged` is rate × quantity. */
function contractFee(charged: Decimal, { security, market }: PricedOrder): Fee {
  const units = times(charged, security.multiplier)
  if (security.isCoinMargined === true) return { amount: dividedBy(units, market.price), currency: baseOf(security) }
  return { amount: times(units, market.price), currency: security.quoteCurrency }
}

function paymentOf(
  schedule: MakerTakerFee,
  pays: Exclude<MakerTakerFee['pays'], 'contract'>,
  terms: OrderTerms,
): SpotPayment {
  const isBuy = sign(terms.quantity) > 0
  if (schedule.orderMayChoose === true) {
    if (isBuy && terms.feeInBase === true) return 'base'
    if (!isBuy && terms.feeInQuote === true) return 'limit-or-side'
  }
  return isBuy ? pays.buy : pays.sell
}

function unitPrice(payment: Exclude<SpotPayment, 'base'>, { order, market }: PricedOrder): Decimal {
  const { terms } = order
  const limit = terms.type === 'limit' ? terms.limitPrice : undefined
  const side = sign(terms.quantity) > 0 ? market.ask : market.bid
  switch (payment) {
    case 'limit-or-bid':
      return limit ?? market.bid
    case 'limit-or-side':
      return limit ?? side
    case 'side':
      return side
    case 'price':
      return market.price
    default:
      return assertNever(payment)
  }
}

function baseOf({ id, baseCurrency }: Security): string {
  if (baseCurrency !== undefined) return baseCurrency
  throw new QmtlError('E_INVALID_PARAMETER', `${id} has no base currency in which its fee could be paid`, {
    hint: 'name the baseCurrency of the instrument',
  })
}
