import {
  absolute,
  isClosedOrder,
  isZero,
  minimum,
  negate,
  QmtlError,
  quantizeDown,
  sign,
  times,
  type Decimal,
} from '@qmtl/contracts'
import { remainingQuantity } from '../model/order-questions.ts'
import type { OrderState } from '../model/order-terms.ts'
import { queuedLimit } from '../quoting/queue-place.ts'
import { marketOnClose, marketOnOpen } from './auction-fills.ts'
import { equityLimit, equityMarket, equityStop, equityTouched } from './equity-fills.ts'
import { noPrice, type FillContext, type PriceAttempt, type Quotation } from './fill-attempt.ts'
import {
  immediateLimit,
  immediateMarket,
  immediateStop,
  immediateTouched,
  stopLimit,
  trailingStop,
} from './immediate-fills.ts'

/** One execution that a model proposes; nothing was paid yet. */
export interface Execution extends Quotation {
  /** Signed as the order, within what is left of it. */
  readonly quantity: Decimal
}

export interface FillAttempt {
  /** The order with its trigger and stop as they are now; a fill is not counted in it. */
  readonly order: OrderState
  readonly execution?: Execution
}

/**
 * Holds an order against the market. A closed order gets nothing. Throws for contract errors (an auction on an always-open
 * market, no feed at all); then nothing has changed and the next attempt may succeed.
 */
export function attemptFill(order: OrderState, context: FillContext): FillAttempt {
  if (isClosedOrder(order.status)) return { order }
  const attempt = priceFor(order, context)
  if (!attempt.quotation) return { order: attempt.order }
  const { price, warning, size } = attempt.quotation
  const remaining = remainingQuantity(order)
  const quantity = withinVolume(size ? withinSize(remaining, size) : remaining, context)
  return isZero(quantity) ? { order: attempt.order } : { order: attempt.order, execution: { price, quantity, warning } }
}

function priceFor(order: OrderState, context: FillContext): PriceAttempt {
  const fills = context.model.kind === 'equity' ? equityFills : immediateFills
  switch (order.terms.type) {
    case 'market':
      return fills.market(order, context)
    case 'limit':
      return order.queue ? queuedLimit(order, order.queue, context) : fills.limit(order, context)
    case 'stop_market':
      return fills.stop(order, context)
    case 'limit_if_touched':
      return fills.touched(order, context)
    case 'stop_limit':
      return stopLimit(order, context)
    case 'trailing_stop':
      return trailingStop(order, context)
    default:
      return auctionPrice(order, context)
  }
}

const immediateFills = {
  market: immediateMarket,
  limit: immediateLimit,
  stop: immediateStop,
  touched: immediateTouched,
} as const

const equityFills = { market: equityMarket, limit: equityLimit, stop: equityStop, touched: equityTouched } as const

function auctionPrice(order: OrderState, context: FillContext): PriceAttempt {
  switch (order.terms.type) {
    case 'market_on_open':
      return marketOnOpen(order, context)
    case 'market_on_close':
      return marketOnClose(order, context)
    case 'option_exercise':
      return noPrice(order)
    default:
      throw new QmtlError(
        'E_INVALID_PARAMETER',
        `order ${order.terms.id} is a ${order.terms.type}; its legs fill together`,
      )
  }
}

/** What is left of an order, or the share of the bar's volume that one fill may take, in whole lots. */
function withinVolume(remaining: Decimal, { market, model, security }: FillContext): Decimal {
  if (!model.maxVolumeFraction || !market.tradeBar) return remaining
  const limit = { fraction: model.maxVolumeFraction, lotSize: security.lotSize }
  return sizeForVolume(remaining, market.tradeBar.volume, limit)
}

function withinSize(remaining: Decimal, size: Decimal): Decimal {
  const least = minimum(absolute(remaining), size)
  return sign(remaining) < 0 ? negate(least) : least
}

/** sign(desired) × min(|desired|, fraction × volume), cut to the lot; a fraction above 1 is legal. */
export function sizeForVolume(
  desired: Decimal,
  volume: Decimal,
  limit: { readonly fraction: Decimal; readonly lotSize: Decimal },
): Decimal {
  const size = quantizeDown(minimum(absolute(desired), times(limit.fraction, volume)), limit.lotSize)
  return sign(desired) < 0 ? negate(size) : size
}
