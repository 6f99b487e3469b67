import {
  absolute,
  decimal,
  maximum,
  minus,
  negate,
  plus,
  QmtlError,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import type { Portfolio } from '../model/account.ts'
import type { Security } from '../model/security.ts'

const tenth = decimal('0.1')
const fifth = decimal('0.2')
const indexShare = decimal('0.15')

/**
 * Margin of a signed quantity of options in account currency, with its sign. Long: the premium. Short: the premium and, per
 * unit of the underlying, the larger of 10 % (of the underlying for a call, the strike for a put) and 20 % of the underlying
 * (15 % of an index) less what the option is out of the money. Rules of Cboe for uncovered writing, as of 2024. Throws
 * `E_INVALID_DATA` for a security without option terms.
 */
export function optionMargin(
  quantity: Decimal,
  security: Security,
  { portfolio, premium }: { readonly portfolio: Portfolio; readonly premium: Decimal },
): Decimal {
  const value = times(times(quantity, premium), security.multiplier)
  const rate = portfolio.rateOf(security.quoteCurrency)
  if (sign(quantity) >= 0) return times(value, rate)
  const risk = times(absolute(quantity), riskPerContract(security, portfolio))
  return negate(times(plus(absolute(value), risk), rate))
}

function riskPerContract(security: Security, portfolio: Portfolio): Decimal {
  const { option } = security
  if (!option) throw new QmtlError('E_INVALID_DATA', `${security.id} is a ${security.assetClass} without option terms`)
  const underlying = portfolio.marketOf(option.underlying).price
  const isCall = option.right === 'call'
  const least = times(tenth, isCall ? underlying : option.strike)
  const distance = isCall ? minus(option.strike, underlying) : minus(underlying, option.strike)
  const share = times(security.assetClass === 'indexOption' ? indexShare : fifth, underlying)
  return times(option.unit, maximum(least, minus(share, maximum(distance, ZERO))))
}
