import { dividedBy, minus, negate, plus, times, ZERO, type Decimal } from '@qmtl/contracts'
import type { Position } from '../ledger/book.ts'
import type { Account, Portfolio } from '../model/account.ts'
import type { RateOf } from '../model/market-view.ts'
import type { Security } from '../model/security.ts'

/**
 * Value of a portfolio in account currency: all cash, settled or on its way, the market value of assets and the profit of
 * contracts that is not paid out yet. Forex and spot crypto live in cash alone.
 */
export function portfolioValue(portfolio: Portfolio): Decimal {
  const { account, rateOf, securityOf, marketOf } = portfolio
  let value = plus(settledValue(account, rateOf), unsettledValue(account, rateOf))
  for (const position of account.book.positions.values()) {
    if (position.accounting === 'exchange') continue
    const security = securityOf(position.instrument)
    value = plus(value, positionWorth(position, security, { price: marketOf(position.instrument).price, rateOf }))
  }
  return value
}

/** Cash on its way in account currency: part of the value, not of the buying power. */
export function unsettledValue({ unsettled }: Account, rateOf: RateOf): Decimal {
  let value = ZERO
  for (const { amount, currency } of unsettled) value = plus(value, times(amount, rateOf(currency)))
  return value
}

function settledValue({ book, currency }: Account, rateOf: RateOf): Decimal {
  let value = times(book.cash, rateOf(currency))
  for (const [name, balance] of book.foreign) value = plus(value, times(balance.cash, rateOf(name)))
  return value
}

/** What a position adds to the value of a portfolio, in account currency. */
function positionWorth(
  position: Position,
  security: Security,
  seen: { readonly price: Decimal; readonly rateOf: RateOf },
): Decimal {
  if (position.accounting === 'contract' || position.accounting === 'inverse') {
    return minus(
      unrealisedProfit(position, security, seen),
      times(position.settledProfit ?? ZERO, profitRate(security, seen.rateOf)),
    )
  }
  const value = times(times(position.quantity, seen.price), position.multiplier)
  return times(value, seen.rateOf(security.quoteCurrency))
}

/** Profit of a position at a price, in account currency, before fees and whether paid out or not. */
export function unrealisedProfit(
  position: Position,
  security: Security,
  { price, rateOf }: { readonly price: Decimal; readonly rateOf: RateOf },
): Decimal {
  const { quantity, multiplier, cost, accounting } = position
  const now =
    accounting === 'inverse'
      ? negate(dividedBy(times(quantity, multiplier), price))
      : times(times(quantity, price), multiplier)
  return times(minus(now, cost), profitRate(security, rateOf))
}

/** Rate of the currency that a position's profit comes in: its quote currency, or its coin. */
function profitRate({ isCoinMargined, baseCurrency, quoteCurrency }: Security, rateOf: RateOf): Decimal {
  return rateOf(isCoinMargined === true && baseCurrency !== undefined ? baseCurrency : quoteCurrency)
}
