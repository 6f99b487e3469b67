import type { TradingHours } from '../model/trading-hours.ts'
import type { Refusal } from '../model/refusal.ts'
import type { AuctionWindow, ClockSpan, ExtendedHours, OrderRules } from './order-rules.ts'
import { refusalOf, type RuleContext } from './rule-context.ts'

const dayMs = 86_400_000
const minuteMs = 60_000

/** Refuses a market-on-open order outside the broker's window on the exchange's clock. */
export function checkAuctionWindow(window: AuctionWindow, context: RuleContext): Refusal | undefined {
  if (context.order.terms.type !== 'market_on_open') return undefined
  const { hours } = context.market
  const span = spanOf(window, hours, hours.localDay(context.nowMs))
  const timeMs = hours.localTimeMs(context.nowMs)
  if (!span || isWithin(span, timeMs)) return undefined
  const what = 'may be sent for the open from'
  return refusalOf(context, { code: 'NotSupported', what, limit: spanText(span), seen: clockText(timeMs) })
}

/** Refuses an order for outside regular hours that is not one of those, or not at a time, at which the broker trades then. */
export function checkExtendedHours(extended: ExtendedHours, context: RuleContext): Refusal | undefined {
  const { terms } = context.order
  if (terms.outsideRegularTradingHours !== true || isRegular(context) || tradesExtended(extended, context))
    return undefined
  const spans = extended.spans.map(spanText).join(' and ')
  const limit = `${extended.orderTypes.join(', ')} orders of ${extended.assetClasses.join(', ')} ${spans}`
  const seen = `${terms.type} of ${context.security.assetClass} at ${clockText(context.market.hours.localTimeMs(context.nowMs))}`
  return refusalOf(context, { code: 'ExtendedMarket', what: 'trades outside regular hours only as', limit, seen })
}

/** True where the broker would execute the order now, as far as its rules go; else it waits. */
export function canExecute(rules: OrderRules, context: RuleContext): boolean {
  if (rules.neverExecutes?.includes(context.security.assetClass) === true) return false
  if (!rules.extendedHours || isRegular(context)) return true
  return context.order.terms.outsideRegularTradingHours === true && tradesExtended(rules.extendedHours, context)
}

function isRegular({ market, nowMs }: RuleContext): boolean {
  return market.hours.isOpen(nowMs, false)
}

function tradesExtended(extended: ExtendedHours, { order, security, market, nowMs }: RuleContext): boolean {
  const timeMs = market.hours.localTimeMs(nowMs)
  return (
    extended.orderTypes.includes(order.terms.type) &&
    extended.assetClasses.includes(security.assetClass) &&
    extended.spans.some((span) => isWithin(span, timeMs))
  )
}

/** Nothing on a day without a regular session. */
function spanOf(window: AuctionWindow, hours: TradingHours, day: number): ClockSpan | undefined {
  const [openMs, closeMs] = [hours.firstOpen(day, false), hours.lastClose(day, false)]
  if (openMs === undefined || closeMs === undefined) return undefined
  if (window.kind === 'fixed') return window
  return { fromMs: hours.localTimeMs(closeMs), toMs: hours.localTimeMs(openMs - window.beforeOpenMs) }
}

function isWithin({ fromMs, toMs }: ClockSpan, timeMs: number): boolean {
  return fromMs <= toMs ? timeMs >= fromMs && timeMs < toMs : timeMs >= fromMs || timeMs < toMs
}

function spanText({ fromMs, toMs }: ClockSpan): string {
  return `${clockText(fromMs)} to ${clockText(toMs)}`
}

/** `09:28`, with seconds where there are any. */
function clockText(timeMs: number): string {
  const end = timeMs % minuteMs === 0 ? 16 : 19
  return new Date(timeMs % dayMs).toISOString().slice(11, end)
}
