import { absolute, compare, type Decimal } from '@qmtl/contracts'
import type { MarketView } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'
import type { FeeRow } from './fee-schedule.ts'

/** What the conditions of a row read. */
export interface FeeCase {
  readonly order: OrderState
  readonly security: Security
  readonly market: Pick<MarketView, 'price'>
}

/** True where every condition of the row holds. */
export function fitsRow(row: FeeRow, feeCase: FeeCase): boolean {
  return fitsSecurity(row, feeCase.security) && fitsOrder(row, feeCase.order) && fitsPrice(row, feeCase.market.price)
}

/** The ticker by which tables look an instrument up: of options that of the underlying. */
export function tableTicker(security: Security): string {
  return security.option?.underlyingTicker ?? security.ticker
}

function fitsSecurity(row: FeeRow, security: Security): boolean {
  const ticker = tableTicker(security)
  return (
    isListed(row.assetClasses, security.assetClass) &&
    isListed(row.markets, security.market) &&
    isListed(row.tickers, ticker) &&
    isListed(row.quoteCurrencies, security.quoteCurrency) &&
    (row.tickerPrefixes?.some((prefix) => ticker.startsWith(prefix)) ?? true) &&
    isAsAsked(row.isCoinMargined, security.isCoinMargined === true)
  )
}

function fitsOrder(row: FeeRow, { terms }: OrderState): boolean {
  return (
    terms.createdMs < (row.submittedBeforeMs ?? Infinity) &&
    isBelow(absolute(terms.quantity), row.quantityBelow) &&
    isAsAsked(row.isMultiLeg, (terms.legs?.length ?? 1) > 1) &&
    isAsAsked(row.isExercise, terms.type === 'option_exercise')
  )
}

function fitsPrice(row: FeeRow, price: Decimal): boolean {
  return isBelow(price, row.priceBelow) && (row.priceUpTo === undefined || compare(price, row.priceUpTo) <= 0)
}

function isListed<Item>(list: readonly Item[] | undefined, item: Item): boolean {
  return list === undefined || list.includes(item)
}

function isAsAsked(asked: boolean | undefined, is: boolean): boolean {
  return asked === undefined || asked === is
}

function isBelow(value: Decimal, bound: Decimal | undefined): boolean {
  return bound === undefined || compare(value, bound) < 0
}
