import { absolute, dividedBy, isZero, ONE, plus, QmtlError, sign, times, ZERO, type Decimal } from '@qmtl/contracts'
import type { Position } from '../ledger/book.ts'
import type { Portfolio } from '../model/account.ts'
import type { FutureMargin, Security } from '../model/security.ts'
import type { BuyingPowerModel } from './buying-power-model.ts'
import { optionMargin } from './option-margin.ts'

const tenMinutesMs = 600_000

/**
 * Margin of taking on a signed quantity at the current price, in account currency and with the sign of the quantity. Of
 * options without the premium that an order pays. Throws `E_INVALID_DATA` for a future without margins.
 */
export function initialMargin(quantity: Decimal, security: Security, portfolio: Portfolio): Decimal {
  const model = portfolio.buyingPowerOf(security)
  switch (model.kind) {
    case 'future':
    case 'future-option':
      return times(times(quantity, futureMargin(security, portfolio).initial), rateOf(security, portfolio))
    case 'option':
      return optionMargin(quantity, security, { portfolio, premium: priceOf(security, portfolio) })
    default:
      return times(notionalOf(quantity, security, portfolio), requirementOf(model, security, portfolio).initial)
  }
}

/** Margin that a position keeps bound, in account currency, never negative. */
export function maintenanceMargin(position: Position, security: Security, portfolio: Portfolio): Decimal {
  const model = portfolio.buyingPowerOf(security)
  const { quantity } = position
  switch (model.kind) {
    case 'cash':
      return ZERO
    case 'future':
    case 'future-option':
      return times(
        times(absolute(quantity), futureMargin(security, portfolio).maintenance),
        rateOf(security, portfolio),
      )
    case 'option':
      if (sign(quantity) > 0) return ZERO
      return absolute(optionMargin(quantity, security, { portfolio, premium: position.averagePrice }))
    default:
      return absolute(
        times(notionalOf(quantity, security, portfolio), requirementOf(model, security, portfolio).maintenance),
      )
  }
}

/** Sum of the maintenance margins of all positions, in account currency. */
export function usedMargin(portfolio: Portfolio): Decimal {
  let used = ZERO
  for (const position of portfolio.account.book.positions.values()) {
    const security = portfolio.securityOf(position.instrument)
    const margin = maintenanceMargin(position, security, portfolio)
    used = plus(used, margin)
  }
  return used
}

/** Signed value at the current price in account currency; of a coin-margined contract quantity × multiplier ÷ price in coins. */
export function notionalOf(quantity: Decimal, security: Security, portfolio: Portfolio): Decimal {
  const price = priceOf(security, portfolio)
  const units = times(quantity, security.multiplier)
  if (security.isCoinMargined !== true || security.baseCurrency === undefined) {
    return times(times(units, price), rateOf(security, portfolio))
  }
  return isZero(price) ? ZERO : times(dividedBy(units, price), portfolio.rateOf(security.baseCurrency))
}

interface Requirement {
  readonly initial: Decimal
  readonly maintenance: Decimal
}

function requirementOf(
  model: Exclude<BuyingPowerModel, { kind: 'future' | 'option' | 'future-option' }>,
  security: Security,
  portfolio: Portfolio,
): Requirement {
  if (model.kind === 'cash') return { initial: ONE, maintenance: ZERO }
  if (model.kind === 'pattern-day-trading') {
    const both = inverseOf(isTradingDay(security, portfolio) ? model.openLeverage : model.closedLeverage)
    return { initial: both, maintenance: both }
  }
  const both = inverseOf(model.leverage)
  if (model.kind === 'crypto-future') return { initial: both, maintenance: both }
  return { initial: model.initialRequirement ?? both, maintenance: model.maintenanceRequirement ?? both }
}

const inverses = new WeakMap<Decimal, Decimal>()

/** 1 ÷ leverage, worked out once per leverage of a profile. */
function inverseOf(leverage: Decimal): Decimal {
  const known = inverses.get(leverage)
  if (known) return known
  const inverse = dividedBy(ONE, leverage)
  inverses.set(leverage, inverse)
  return inverse
}

/** The regular session is open now and ten minutes from now. */
function isTradingDay(security: Security, { marketOf, nowMs }: Portfolio): boolean {
  const { hours } = marketOf(security.id)
  return hours.isOpen(nowMs, false) && hours.isOpen(nowMs + tenMinutesMs, false)
}

function futureMargin(security: Security, portfolio: Portfolio): FutureMargin {
  const underlying = security.option?.underlying
  const margins = security.margins ?? (underlying === undefined ? undefined : portfolio.securityOf(underlying).margins)
  if (!margins) {
    throw new QmtlError('E_INVALID_DATA', `${security.id} is a ${security.assetClass} without margins per contract`, {
      hint: 'give the instrument its initial and maintenance margin',
    })
  }
  if (!margins.intraday) return margins.overnight
  const { hours } = portfolio.marketOf(security.id)
  const { nowMs } = portfolio
  const isDay = hours.isOpen(nowMs, false) && hours.nextClose(nowMs, false) - nowMs > (margins.closingMs ?? 0)
  return isDay ? margins.intraday : margins.overnight
}

function rateOf(security: Security, portfolio: Portfolio): Decimal {
  return portfolio.rateOf(security.quoteCurrency)
}

function priceOf(security: Security, portfolio: Portfolio): Decimal {
  return portfolio.marketOf(security.id).price
}
