import { absolute, compare, decimalText, isZero, sign, type Decimal } from '@qmtl/contracts'
import type { MarketView, RateOf } from '../model/market-view.ts'
import type { OrderTerms } from '../model/order-terms.ts'
import type { Refusal, RefusalCode } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'

/** What an order meets before any model is asked. */
export interface Submission {
  readonly terms: OrderTerms
  /** Absent: the instrument is not known. */
  readonly security?: Security | undefined
  /** Absent: nothing was received of it. */
  readonly market?: MarketView | undefined
  readonly isWarmingUp: boolean
  /** False for an instrument that is listed and not traded now. */
  readonly isTradable: boolean
  /** Orders taken so far. */
  readonly orderCount: number
  readonly maxOrders: number
  readonly rateOf: RateOf
  readonly hasCurrency: (currency: string) => boolean
}

interface Finding {
  readonly code: RefusalCode
  readonly limit: string
  readonly seen: string
}

/** The first check that an order fails, in the order in which they count; undefined when it passes all. */
export function judgeSubmission(submission: Submission): Refusal | undefined {
  const found = beforeMarket(submission) ?? marketFinding(submission)
  if (!found) return undefined
  const { id, quantity, instrument } = submission.terms
  const order = `order ${id} of ${decimalText(quantity)} ${instrument}`
  return { ...found, message: `${order} needs ${found.limit}; seen ${found.seen}` }
}

function beforeMarket({ terms, security, isWarmingUp, isTradable }: Submission): Finding | undefined {
  if (isWarmingUp) return finding('warmingUp', 'a strategy that has warmed up', 'warming up')
  if (!security) return finding('unknownInstrument', 'a known instrument', terms.instrument)
  const size = absolute(terms.quantity)
  if (isZero(size)) return finding('orderQuantityZero', 'a quantity other than 0', '0')
  if (compare(size, security.lotSize) < 0) {
    return finding(
      'orderQuantityLessThanLotSize',
      `at least a lot of ${decimalText(security.lotSize)}`,
      decimalText(size),
    )
  }
  if (!isTradable) return finding('nonTradableSecurity', 'an instrument that can be traded', 'not tradable')
  const isFuture = security.assetClass === 'future' || security.assetClass === 'futureOption'
  if (isFuture && terms.type === 'market_on_open') {
    return finding('marketOnOpenNotAllowedForFutures', 'another type than market on open', security.assetClass)
  }
  return undefined
}

function marketFinding(submission: Submission): Finding | undefined {
  const { security, market, orderCount, maxOrders } = submission
  if (!security) return undefined
  if (isNothing(market?.price)) return finding('securityPriceZero', 'a price', 'none yet')
  const money = currencyFinding(submission, security)
  if (money) return money
  if (!hasData(market)) return finding('securityHasNoData', 'data of the instrument', 'none yet')
  if (orderCount >= maxOrders) {
    return finding('exceededMaximumOrders', `at most ${maxOrders} orders`, String(orderCount))
  }
  return undefined
}

function currencyFinding({ rateOf, hasCurrency }: Submission, security: Security): Finding | undefined {
  const { quoteCurrency, baseCurrency, assetClass } = security
  if (!hasCurrency(quoteCurrency)) return finding('quoteCurrencyRequired', `cash kept in ${quoteCurrency}`, 'none')
  if (isZero(rateOf(quoteCurrency))) return finding('conversionRateZero', `a rate of ${quoteCurrency}`, '0')
  const isPair = assetClass === 'forex' || assetClass === 'crypto'
  if (isPair && (baseCurrency === undefined || !hasCurrency(baseCurrency))) {
    return finding('baseCurrencyRequired', `cash kept in ${baseCurrency ?? 'the base currency'}`, 'none')
  }
  return undefined
}

function isNothing(price: Decimal | undefined): boolean {
  return price === undefined || sign(price) === 0
}

function hasData(market: MarketView | undefined): boolean {
  return Boolean(market?.tradeBar ?? market?.quoteBar ?? market?.ticks ?? market?.value)
}

function finding(code: RefusalCode, limit: string, seen: string): Finding {
  return { code, limit, seen }
}
