import { accrue } from '../interest/accrue.ts'
import { shortableOn } from '../interest/shortable.ts'
import type { InterestClock } from '../interest/interest-model.ts'
import { applyCash } from '../ledger/apply-cash.ts'
import { applySplit, type Split } from '../ledger/apply-split.ts'
import type { Book, Position } from '../ledger/book.ts'
import type { Account } from '../model/account.ts'
import type { CashMovement } from '../model/money.ts'
import type { TradingHours } from '../model/trading-hours.ts'
import { isClosedOrder, times, type Decimal } from '@qmtl/contracts'
import { splitOrder } from '../orders/split-order.ts'
import { modelsOf } from '../profiles/models-of.ts'
import { markToMarket } from '../settlement/mark-to-market.ts'
import { releaseDue } from '../settlement/settle-amount.ts'
import { marketIn, securityIn, type TradingContext } from './trading-context.ts'

/** What time has done to an account. */
export interface SliceOpening {
  readonly account: Account
  readonly movements: readonly CashMovement[]
}

/**
 * What comes before the orders of a slice: cash that is due settles, futures are marked on a new date, and positions bear
 * interest, borrow and funding.
 */
export function openSlice(account: Account, context: TradingContext): SliceOpening {
  const released = releaseDue(account.unsettled, context.nowMs)
  let next: Account = { ...account, unsettled: released.queue, book: moved(account.book, released.movements) }
  const movements = [...released.movements]
  for (const instrument of new Set([...account.clocks.keys(), ...account.book.positions.keys()])) {
    const marked = markPosition(next, instrument, context)
    const accrued = accruePosition(marked.account, instrument, context)
    next = accrued.account
    movements.push(...marked.movements, ...accrued.movements)
  }
  return { account: next, movements }
}

function markPosition(account: Account, instrument: string, context: TradingContext): SliceOpening {
  const position = account.book.positions.get(instrument)
  const security = securityIn(context, instrument)
  const { settlement } = modelsOf(context.profile, security)
  if (!position || settlement.kind !== 'future-daily') return { account, movements: [] }
  const { price, hours } = marketIn(context, instrument)
  const before = markedDayOf(account, position, hours)
  const { movements, markedDay } = markToMarket({
    position,
    security,
    price,
    hours,
    nowMs: context.nowMs,
    ...(before === undefined ? {} : { markedDay: before }),
  })
  const markedDays = new Map(account.markedDays)
  markedDays.set(instrument, markedDay)
  return { account: { ...account, markedDays, book: moved(account.book, movements) }, movements }
}

/** A mark of before the position was opened says nothing about it. */
function markedDayOf(
  { markedDays }: Account,
  { instrument, openedMs }: Position,
  hours: TradingHours,
): number | undefined {
  const day = markedDays.get(instrument)
  return day !== undefined && day >= hours.localDay(openedMs) ? day : undefined
}

function accruePosition(account: Account, instrument: string, context: TradingContext): SliceOpening {
  const security = securityIn(context, instrument)
  const { interest, shortable } = modelsOf(context.profile, security)
  const before = account.clocks.get(instrument)
  if (interest.kind === 'none') return { account, movements: [] }
  const market = marketIn(context, instrument)
  const position = account.book.positions.get(instrument)
  const fundingRate = context.fundingRateOf?.(instrument)
  const { movements, clock } = accrue(interest, {
    ...(position ? { position } : {}),
    security,
    market,
    shortable: shortableOn(shortable, instrument, market.hours.localDay(context.nowMs)),
    ...(fundingRate === undefined ? {} : { fundingRate }),
    nowMs: context.nowMs,
    ...(before ? { clock: before } : {}),
  })
  return { account: { ...withClock(account, instrument, clock), book: moved(account.book, movements) }, movements }
}

function withClock(account: Account, instrument: string, clock: InterestClock | undefined): Account {
  const clocks = new Map(account.clocks)
  if (clock) clocks.set(instrument, clock)
  else clocks.delete(instrument)
  return { ...account, clocks }
}

function moved(book: Book, movements: readonly CashMovement[]): Book {
  return movements.reduce<Book>(applyCash, book)
}

/** A split of an instrument for position and open orders; a reverse split cancels orders where the profile says so. */
export function applySplitTo(account: Account, split: Split, context: TradingContext): Account {
  const orders = new Map(account.orders)
  for (const [id, order] of orders) {
    if (order.terms.instrument !== split.instrument) continue
    const after = splitOrder(order, split.factor, context.profile.onReverseSplit)
    if (isClosedOrder(after.status)) orders.delete(id)
    else orders.set(id, after)
  }
  return { ...account, orders, book: applySplit(account.book, split) }
}

/** A cash dividend per unit in quote currency: longs receive it, shorts pay it. */
export function payDividend(
  account: Account,
  dividend: { readonly instrument: string; readonly perUnit: Decimal },
  context: TradingContext,
): SliceOpening {
  const position = account.book.positions.get(dividend.instrument)
  if (!position) return { account, movements: [] }
  const security = securityIn(context, dividend.instrument)
  const amount = times(times(position.quantity, dividend.perUnit), position.multiplier)
  const movement: CashMovement = {
    currency: security.quoteCurrency,
    amount,
    reason: 'dividend',
    atMs: context.nowMs,
    instrument: security.id,
  }
  return { account: { ...account, book: applyCash(account.book, movement) }, movements: [movement] }
}
