import { decimalText, isZero, plus, sign, ZERO, type Decimal } from '@qmtl/contracts'
import { judgeBuyingPower } from '../buying-power/affordability.ts'
import { trailedStop } from '../fills/immediate-fills.ts'
import { judgeShort, shortableOn } from '../interest/shortable.ts'
import { positionQuantity } from '../ledger/book.ts'
import type { Account } from '../model/account.ts'
import type { MarketView } from '../model/market-view.ts'
import { isMaker, isMarketable, newOrder, remainingQuantity } from '../model/order-questions.ts'
import type { OrderState, OrderTerms } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'
import { convertedType, judgeAuction } from '../orders/auctions.ts'
import { judgeSubmission } from '../orders/pre-checks.ts'
import { modelsOf } from '../profiles/models-of.ts'
import { joinQueue } from '../quoting/queue-place.ts'
import { judgeSubmit } from '../rules/judge-submit.ts'
import { roundOrder, roundQuantity } from '../symbols/rounding.ts'
import { feeQuestions, portfolioIn, sceneOf, type OrderScene, type TradingContext } from './trading-context.ts'

/** What became of a submission: an open order in the account, or an invalid one outside it with the reason. */
export interface SubmissionOutcome {
  readonly account: Account
  readonly order: OrderState
  readonly refusal?: Refusal
}

/**
 * Takes an order into an account: pre-checks, market orders of closed sessions made auction orders, prices and quantity
 * rounded, then short availability, buying power, the broker's rules and the profile's hook. The first refusal counts; the
 * account is then unchanged. A taken order keeps the prices of its submission.
 */
export function submitOrder(account: Account, terms: OrderTerms, context: TradingContext): SubmissionOutcome {
  const invalid = (refusal: Refusal): SubmissionOutcome => {
    return { account, order: { ...newOrder(terms), status: 'invalid' }, refusal }
  }
  const security = context.findSecurity(terms.instrument)
  const market = context.findMarket(terms.instrument)
  const early = preCheck({ account, terms, context, security, market })
  if (early) return invalid(early)
  if (!security || !market) return { account, order: newOrder(terms) }
  const auction = judgeAuction(terms, { market, nowMs: context.nowMs })
  if (auction) return invalid(auction)
  const scene = sceneOf(prepared(terms, { security, market, context }), { account, security, market, context })
  const refusal = judgeTaken(scene)
  if (refusal) return invalid(refusal)
  const order: OrderState = { ...scene.order, status: 'submitted' }
  const orders = new Map(account.orders)
  orders.set(terms.id, order)
  return { account: { ...account, orders }, order }
}

interface Asked {
  readonly account: Account
  readonly context: TradingContext
  readonly security: Security | undefined
  readonly market: MarketView | undefined
}

function preCheck({
  account,
  terms,
  context,
  security,
  market,
}: Asked & { readonly terms: OrderTerms }): Refusal | undefined {
  const { isWarmingUp, orderCount, maxOrders, rateOf } = context
  const isTradable = security === undefined || context.profile.models[security.assetClass] !== undefined
  return judgeSubmission({
    terms,
    security,
    market,
    isWarmingUp,
    isTradable,
    orderCount,
    maxOrders,
    rateOf,
    hasCurrency: (currency) => isKept(account, currency, context),
  })
}

/** A currency is kept where there is cash of it, or a rate that says what it is worth. */
function isKept(account: Account, currency: string, { rateOf }: TradingContext): boolean {
  return currency === account.currency || account.book.foreign.has(currency) || !isZero(rateOf(currency))
}

function prepared(
  terms: OrderTerms,
  {
    security,
    market,
    context,
  }: { readonly security: Security; readonly market: MarketView; readonly context: TradingContext },
): OrderState {
  const { nowMs, isLive } = context
  const type = convertedType(terms, security, { market, nowMs, isLive })
  const rounded = roundOrder({ ...terms, type, quantity: roundQuantity(terms.quantity, security.lotSize) }, security)
  const stopPrice = rounded.stopPrice ?? derivedStop(rounded, market.price)
  const { bid, ask, price: last } = market
  const order = newOrder(stopPrice ? { ...rounded, stopPrice } : rounded)
  if (isZero(last)) return order
  const quoted = { ...order, snapshot: { bid, ask, last } }
  // An order that would trade at once does not queue.
  if (!modelsOf(context.profile, security).fill.queue || !isMaker(quoted)) return quoted
  return { ...quoted, queue: joinQueue(order.terms, market) }
}

/** A trailing stop without a stop price starts its distance away from the market. */
function derivedStop(terms: OrderTerms, price: Decimal): Decimal | undefined {
  const { type, trailingAmount, trailingAsPercentage, quantity } = terms
  if (type !== 'trailing_stop' || !trailingAmount) return undefined
  return trailedStop({ quantity, trailingAmount, trailingAsPercentage }, price)
}

/** What an order must pass once it is prepared; also asked of an updated order, without its former self. */
export function judgeTaken(scene: OrderScene): Refusal | undefined {
  const { account, order, security, market, context } = scene
  const portfolio = portfolioIn(account, context)
  const positionHeld = positionQuantity(account.book, security.id)
  const { profile, nowMs } = context
  return (
    judgeFlags(order, positionHeld) ??
    judgeAvailability(scene, positionHeld) ??
    judgeBuyingPower(order, portfolio, feeQuestions(scene)) ??
    judgeSubmit(profile.rules, { order, security, market, positionQuantity: positionHeld, nowMs }) ??
    profile.hook?.judgeOrder?.(order, portfolio)
  )
}

function judgeFlags(order: OrderState, held: Decimal): Refusal | undefined {
  const { terms } = order
  if (terms.postOnly === true && isMarketable(order)) {
    return flagRefusal(order, {
      code: 'postOnlyWouldTake',
      limit: 'a price that rests in the book',
      seen: 'a marketable one',
    })
  }
  if (terms.reduceOnly !== true || sign(held) === -sign(terms.quantity)) return undefined
  return flagRefusal(order, {
    code: 'reduceOnlyWouldIncrease',
    limit: 'a position on the other side',
    seen: decimalText(held),
  })
}

function flagRefusal({ terms }: OrderState, found: Omit<Refusal, 'message'>): Refusal {
  const message = `order ${terms.id} of ${decimalText(terms.quantity)} ${terms.instrument} needs ${found.limit}; seen ${found.seen}`
  return { ...found, message }
}

function judgeAvailability(
  { account, order, security, market, models, context }: OrderScene,
  held: Decimal,
): Refusal | undefined {
  if (models.shortable.kind === 'unlimited' || sign(order.terms.quantity) >= 0) return undefined
  const row = shortableOn(models.shortable, security.id, market.hours.localDay(context.nowMs))
  return judgeShort(row, { order, positionQuantity: held, openQuantity: openQuantity(account, order) })
}

function openQuantity(account: Account, order: OrderState): Decimal {
  let open = ZERO
  for (const other of account.orders.values()) {
    if (other.terms.instrument !== order.terms.instrument || other.terms.id === order.terms.id) continue
    open = plus(open, remainingQuantity(other))
  }
  return open
}
