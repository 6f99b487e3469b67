import { assertNever, compare, decimal, decimalText, plus, sign } from '@qmtl/contracts'
import type { Refusal } from '../model/refusal.ts'
import { checkAuctionWindow, checkExtendedHours } from './clock-checks.ts'
import { noAuctionOfFutures, type OrderCheck, type OrderRules, type OrderTypeRow } from './order-rules.ts'
import { refusalOf, type RuleContext } from './rule-context.ts'
import { checkForexSize, checkMinimumNotional, checkMinimumQuantity, checkQuantityRange } from './size-checks.ts'

/**
 * Why a broker does not take an order, or nothing where it does: asset class, order type, time in force and exercise that it does not
 * offer are `NotSupported`, sizes `OrderSizeLimit` or `IncorrectOrderQuantity`, the rest as the checks say. The first failure is given.
 */
export function judgeSubmit(rules: OrderRules, context: RuleContext): Refusal | undefined {
  const offered = checkOffer(rules, context)
  if (offered) return offered
  for (const check of rules.checks ?? [noAuctionOfFutures]) {
    const refusal = applyCheck(check, context)
    if (refusal) return refusal
  }
  return rules.extendedHours && checkExtendedHours(rules.extendedHours, context)
}

function checkOffer(rules: OrderRules, context: RuleContext): Refusal | undefined {
  const { order, security } = context
  const { terms } = order
  const refuse = (what: string, offered: readonly string[], seen: string): Refusal =>
    refusalOf(context, {
      code: 'NotSupported',
      what: `${what} that ${rules.kind} offers:`,
      limit: offered.join(', '),
      seen,
    })
  if (rules.assetClasses?.includes(security.assetClass) === false) {
    return refuse('is not of an asset class', rules.assetClasses, security.assetClass)
  }
  if (rules.orderTypes?.some((row) => fitsType(row, context)) === false) {
    const offered = rules.orderTypes.filter((row) => fitsOther(row, context)).flatMap(({ types }) => types)
    return refuse(`is not of an order type for ${security.assetClass}`, offered, terms.type)
  }
  if (rules.timesInForce?.includes(terms.timeInForce) === false) {
    return refuse('is not of a time in force', rules.timesInForce, terms.timeInForce)
  }
  return undefined
}

function fitsType(row: OrderTypeRow, context: RuleContext): boolean {
  return row.types.includes(context.order.terms.type) && fitsOther(row, context)
}

function fitsOther(
  { assetClasses, submittedBeforeMs = Infinity }: OrderTypeRow,
  { order, security }: RuleContext,
): boolean {
  return (assetClasses?.includes(security.assetClass) ?? true) && order.terms.createdMs < submittedBeforeMs
}

function applyCheck(check: OrderCheck, context: RuleContext): Refusal | undefined {
  switch (check.kind) {
    case 'no-market-on-open':
      return checkNoAuction(check, context)
    case 'market-on-open-window':
      return checkAuctionWindow(check.window, context)
    case 'outside-hours':
      return checkOutsideHours(check, context)
    case 'combo-legs':
      return checkComboLegs(check, context)
    case 'physical-exercise':
      return checkExercise(context)
    case 'no-broker-id':
      return checkBrokerId(context)
    case 'no-flip':
    case 'short-sale':
      return checkPosition(check, context)
    default:
      return checkSize(check, context)
  }
}

function checkSize(
  check: Extract<OrderCheck, { kind: 'forex-size' | 'quantity-range' | 'minimum-notional' | 'minimum-quantity' }>,
  context: RuleContext,
): Refusal | undefined {
  const { quantity } = context.order.terms
  switch (check.kind) {
    case 'forex-size':
      return checkForexSize(check.bounds, quantity, context)
    case 'quantity-range':
      return checkQuantityRange(check.from, check.to, context)
    case 'minimum-notional':
      return checkMinimumNotional(context)
    case 'minimum-quantity':
      return checkMinimumQuantity(quantity, context)
    default:
      return assertNever(check)
  }
}

function checkNoAuction(
  { assetClasses }: Extract<OrderCheck, { kind: 'no-market-on-open' }>,
  context: RuleContext,
): Refusal | undefined {
  const { assetClass } = context.security
  if (context.order.terms.type !== 'market_on_open' || !assetClasses.includes(assetClass)) return undefined
  const limit = `classes but ${assetClasses.join(', ')}`
  return refusalOf(context, { code: 'NotSupported', what: 'is for the open, which takes all', limit, seen: assetClass })
}

function checkOutsideHours(
  { orderTypes, timesInForce }: Extract<OrderCheck, { kind: 'outside-hours' }>,
  context: RuleContext,
): Refusal | undefined {
  const { type, timeInForce, outsideRegularTradingHours } = context.order.terms
  if (outsideRegularTradingHours !== true) return undefined
  if (orderTypes.includes(type) && timesInForce.includes(timeInForce)) return undefined
  const limit = `${orderTypes.join(', ')} with ${timesInForce.join(', ')}`
  const what = 'trades outside regular hours only as'
  return refusalOf(context, { code: 'NotSupported', what, limit, seen: `${type} with ${timeInForce}` })
}

function checkComboLegs(
  { orderTypes, below }: Extract<OrderCheck, { kind: 'combo-legs' }>,
  context: RuleContext,
): Refusal | undefined {
  const { type, legs = [] } = context.order.terms
  if (!orderTypes.includes(type) || legs.length < below) return undefined
  const what = `of type ${type} needs fewer legs than`
  return refusalOf(context, { code: 'NotSupported', what, limit: String(below), seen: String(legs.length) })
}

function checkBrokerId(context: RuleContext): Refusal | undefined {
  const { brokerId } = context.order
  if (brokerId === undefined) return undefined
  return refusalOf(context, { code: 'NotSupported', what: 'needs', limit: 'no id at the broker', seen: brokerId })
}

function checkExercise(context: RuleContext): Refusal | undefined {
  const { order, security } = context
  const settlesInCash = security.assetClass === 'indexOption' || security.option?.settlement === 'cash'
  if (order.terms.type !== 'option_exercise' || !settlesInCash) return undefined
  const what = 'can be exercised only where it has'
  return refusalOf(context, { code: 'NotSupported', what, limit: 'physical settlement', seen: 'cash settlement' })
}

function checkPosition(
  check: Extract<OrderCheck, { kind: 'no-flip' | 'short-sale' }>,
  context: RuleContext,
): Refusal | undefined {
  const { order, positionQuantity, market } = context
  const { terms } = order
  const after = plus(positionQuantity, terms.quantity)
  if (check.kind === 'no-flip') {
    const flips = sign(positionQuantity) * sign(after) < 0
    if (!flips || !check.orderTypes.includes(terms.type)) return undefined
    const what = `of type ${terms.type} may close a position of ${decimalText(positionQuantity)} to`
    return refusalOf(context, { code: 'NotSupported', what, limit: decimal(0), seen: after })
  }
  if (sign(terms.quantity) >= 0 || sign(after) >= 0) return undefined
  if (terms.timeInForce === 'GTC') {
    const what = 'sells short and needs a time in force of'
    return refusalOf(context, { code: 'ShortOrderIsGtc', what, limit: 'DAY', seen: 'GTC' })
  }
  if (compare(market.price, check.minimumPrice) >= 0) return undefined
  const what = 'sells short and needs a price of at least'
  return refusalOf(context, {
    code: 'SellShortOrderLastPriceBelow5',
    what,
    limit: check.minimumPrice,
    seen: market.price,
  })
}
