import { assertNever, isZero, QmtlError, sign, times, type Decimal } from '@qmtl/contracts'
import type { RateOf } from '../model/market-view.ts'
import type { CashMovement, CashReason, UnsettledCash } from '../model/money.ts'
import type { TradingHours } from '../model/trading-hours.ts'
import type { DelayedSettlement, SettlementModel } from './settlement-model.ts'

/** Money that a fill or an event earns (positive) or costs (negative), and where it happened. */
export interface AmountToSettle {
  readonly currency: string
  readonly amount: Decimal
  /** Epoch milliseconds UTC. */
  readonly atMs: number
  readonly reason: CashReason
  readonly instrument?: string
  /** Of the instrument's exchange: its dates and sessions count. */
  readonly hours: TradingHours
  readonly rateOf: RateOf
  readonly accountCurrency: string
}

/** What moves now and what is on its way. */
export interface SettledAmount {
  readonly movements: readonly CashMovement[]
  readonly queued: readonly UnsettledCash[]
}

const longestSearchDays = 366

/**
 * Moves an amount as the model says. Debits and zero always move at once, and so do credits but under `delayed`; a credit that is
 * due already by its delay moves at once too. Exact; `account-currency` multiplies by the current rate and throws `E_DATA_MISSING`
 * where there is none yet. `delayed` throws `E_INVALID_DATA` where the exchange has too few sessions within a year.
 */
export function settleAmount(model: SettlementModel, request: AmountToSettle): SettledAmount {
  switch (model.kind) {
    case 'immediate':
    case 'future-daily':
      return { movements: [movementOf(request)], queued: [] }
    case 'account-currency':
      return { movements: [convertedMovement(request)], queued: [] }
    case 'delayed':
      return settleLater(model, request)
    default:
      return assertNever(model)
  }
}

/**
 * When a credit of a fill at `filledMs` settles, epoch milliseconds UTC: so many dates with a regular session (early closes count)
 * after the exchange's local date of the fill, at the time of day of its clock. Throws like `settleAmount`.
 */
export function settlementInstant(delay: DelayedSettlement, filledMs: number, hours: TradingHours): number {
  const filledDay = hours.localDay(filledMs)
  let day = filledDay
  for (let left = delay.days; left > 0;) {
    day += 1
    if (hours.hasSession(day, false)) left -= 1
    if (day - filledDay > longestSearchDays) {
      throw new QmtlError('E_INVALID_DATA', `the exchange has less than ${delay.days} sessions within a year`, {
        hint: 'settle with a delay only on exchanges with sessions',
      })
    }
  }
  return hours.instantOf(day, delay.timeOfDayMs)
}

/** Moves what is due at `nowMs` (inclusive), first in first out; the rest keeps its order. */
export function releaseDue(
  queue: readonly UnsettledCash[],
  nowMs: number,
): { readonly movements: readonly CashMovement[]; readonly queue: readonly UnsettledCash[] } {
  return {
    movements: queue
      .filter(({ dueMs }) => dueMs <= nowMs)
      .map(({ currency, amount }) => ({ currency, amount, reason: 'settlement', atMs: nowMs })),
    queue: queue.filter(({ dueMs }) => dueMs > nowMs),
  }
}

function settleLater(model: DelayedSettlement, request: AmountToSettle): SettledAmount {
  const { amount, currency, atMs, hours } = request
  if (sign(amount) <= 0) return { movements: [movementOf(request)], queued: [] }
  const dueMs = settlementInstant(model, atMs, hours)
  if (dueMs <= atMs) return { movements: [movementOf(request)], queued: [] }
  return { movements: [], queued: [{ currency, amount, dueMs }] }
}

function movementOf({ currency, amount, atMs, reason, instrument }: AmountToSettle): CashMovement {
  return { currency, amount, reason, atMs, ...(instrument !== undefined && { instrument }) }
}

function convertedMovement(request: AmountToSettle): CashMovement {
  const { currency, amount, rateOf, accountCurrency } = request
  const rate = rateOf(currency)
  if (isZero(rate)) {
    throw new QmtlError('E_DATA_MISSING', `no rate of ${currency} to ${accountCurrency} is known yet`, {
      hint: `subscribe to the pair that converts ${currency} to ${accountCurrency}`,
    })
  }
  return { ...movementOf(request), currency: accountCurrency, amount: times(amount, rate) }
}
