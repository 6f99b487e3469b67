import {
  absolute,
  compare,
  decimal,
  decimalText,
  isZero,
  minus,
  negate,
  plus,
  quantizeDown,
  sign,
  times,
  type Decimal,
} from '@qmtl/contracts'
import { remainingQuantity } from '../model/order-questions.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'
import { effectiveTick } from '../symbols/rounding.ts'

/** One side of a two-sided quote; size is above zero. */
export interface QuoteSide {
  readonly price: Decimal
  readonly size: Decimal
}

/** What a market maker wants to show; an absent side is withdrawn. */
export interface QuoteIntent {
  readonly instrument: string
  readonly bid?: QuoteSide
  readonly ask?: QuoteSide
}

/** A post-only limit order to send. */
export interface QuoteOrder {
  readonly instrument: string
  /** Signed. */
  readonly quantity: Decimal
  readonly limitPrice: Decimal
}

/** What brings the open orders to the intent: cancels first, so that two quotes of one side never rest together. */
export interface QuotePlan {
  readonly cancels: readonly string[]
  readonly places: readonly QuoteOrder[]
  /** Ids of orders that stay and keep their place in the queue. */
  readonly keeps: readonly string[]
}

export interface QuoteQuestion {
  readonly security: Security
  /** Open orders of the quoter in the instrument. */
  readonly open: readonly OrderState[]
  /** A resting quote stays while its price is at most this many ticks from the wanted one; 0 follows every tick. */
  readonly keepWithinTicks: number
}

/**
 * Plans a two-sided quote: bids are rounded down and asks up to the tick, sizes down to the lot. A quote that rests at the
 * wanted price with at most the wanted size stays, because a new order would go to the end of the queue. A bid at or above
 * the ask is refused, and a size below a lot.
 */
export function planQuotes(intent: QuoteIntent, question: QuoteQuestion): QuotePlan | { readonly refusal: Refusal } {
  const bid = sideOrder(intent, question, 1)
  const ask = sideOrder(intent, question, -1)
  const refusal = judgeQuote(intent, question.security, { bid, ask })
  if (refusal) return { refusal }
  const plans = [sidePlan(question, bid, 1), sidePlan(question, ask, -1)]
  return {
    cancels: plans.flatMap(({ cancels }) => cancels),
    places: plans.flatMap(({ places }) => places),
    keeps: plans.flatMap(({ keeps }) => keeps),
  }
}

function sideOrder(intent: QuoteIntent, { security }: QuoteQuestion, direction: 1 | -1): QuoteOrder | undefined {
  const side = direction > 0 ? intent.bid : intent.ask
  if (!side) return undefined
  const size = quantizeDown(side.size, security.lotSize)
  const tick = effectiveTick(security, side.price)
  const floor = quantizeDown(side.price, tick)
  const isExact = compare(floor, side.price) === 0
  const limitPrice = direction > 0 || isExact ? floor : plus(floor, tick)
  return { instrument: intent.instrument, quantity: direction > 0 ? size : negate(size), limitPrice }
}

function judgeQuote(
  { instrument }: QuoteIntent,
  { lotSize }: Security,
  { bid, ask }: { readonly bid: QuoteOrder | undefined; readonly ask: QuoteOrder | undefined },
): Refusal | undefined {
  const empty = [bid, ask].find((side) => side && isZero(side.quantity))
  if (empty) {
    const limit = `at least a lot of ${decimalText(lotSize)}`
    return {
      code: 'orderQuantityLessThanLotSize',
      limit,
      seen: '0',
      message: `quote of ${instrument} needs ${limit} a side`,
    }
  }
  if (!bid || !ask || compare(bid.limitPrice, ask.limitPrice) < 0) return undefined
  const [limit, seen] = [`a bid below ${decimalText(ask.limitPrice)}`, decimalText(bid.limitPrice)]
  return { code: 'postOnlyWouldTake', limit, seen, message: `quote of ${instrument} needs ${limit}; seen ${seen}` }
}

function sidePlan(
  { open, security, keepWithinTicks }: QuoteQuestion,
  wanted: QuoteOrder | undefined,
  direction: 1 | -1,
): QuotePlan {
  const resting = open.filter(
    ({ terms, status }) => sign(terms.quantity) === direction && terms.type === 'limit' && status !== 'cancel_pending',
  )
  const kept = wanted && resting.find((order) => serves(order, wanted, { security, keepWithinTicks }))
  const cancels = resting.filter((order) => order !== kept).map(({ terms }) => terms.id)
  return { cancels, places: wanted && !kept ? [wanted] : [], keeps: kept ? [kept.terms.id] : [] }
}

/** At the wanted price, or near enough, and not larger than wanted: a larger one would risk more than was asked. */
function serves(
  order: OrderState,
  wanted: QuoteOrder,
  { security, keepWithinTicks }: Pick<QuoteQuestion, 'security' | 'keepWithinTicks'>,
): boolean {
  const { limitPrice } = order.terms
  if (!limitPrice || compare(absolute(remainingQuantity(order)), absolute(wanted.quantity)) > 0) return false
  const distance = absolute(minus(limitPrice, wanted.limitPrice))
  return compare(distance, times(effectiveTick(security, limitPrice), decimal(keepWithinTicks))) <= 0
}
