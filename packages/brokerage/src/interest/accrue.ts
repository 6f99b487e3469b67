import { assertNever, decimal, dividedBy, isZero, negate, sign, times, type Decimal } from '@qmtl/contracts'
import type { Position } from '../ledger/book.ts'
import type { MarketView } from '../model/market-view.ts'
import type { CashMovement } from '../model/money.ts'
import type { Security } from '../model/security.ts'
import type { InterestClock, InterestModel, ShortableRow } from './interest-model.ts'

/** A position, or none, at an instant. */
export interface AccrualInput {
  /** Absent: flat. */
  readonly position?: Pick<Position, 'quantity'>
  readonly security: Security
  readonly market: Pick<MarketView, 'price' | 'hours'>
  /** Rates of the current date of the exchange. */
  readonly shortable: ShortableRow
  /** Funding rate of a window as a fraction; absent while unknown. Longs pay a positive one. */
  readonly fundingRate?: Decimal
  /** Epoch milliseconds UTC. */
  readonly nowMs: number
  /** What the last call left. */
  readonly clock?: InterestClock
}

/** Cash that moves, positive is received, and the clock to remember; without one it does not run. */
export interface Accrual {
  readonly movements: readonly CashMovement[]
  readonly clock?: InterestClock
}

/** Funding is due every eight hours from 00:00 UTC: contract terms of Binance and Bybit perpetuals, as of 2024. */
const fundingWindowMs = 8 * 3_600_000
/** The money market's year: actual days over 360. */
const daysOfYear = decimal(360)

/**
 * What a position has earned or owes since the clock was set, at its current value.
 *
 * - `short-interest`: once per date of the exchange, rate × value ÷ 360 × whole days since the last date, in quote currency; a short
 *   has a negative value and pays its fee rate, a long receives its rebate rate. The first call with a position starts the clock
 *   without a charge, and so does a flip of side; a flat position, or on a later date a rate of zero, stops it.
 * - `perpetual-funding`: −rate × value for each window of eight hours that has passed, all at the current price and rate, in quote
 *   currency or, of a coin-margined contract, in its coin. Opening sets the first window strictly after now; without a rate or a
 *   price the window stays due; flat stops the clock. Only perpetual contracts pay.
 *
 * Exact but for one division (34 digits, half to even).
 */
export function accrue(model: InterestModel, input: AccrualInput): Accrual {
  switch (model.kind) {
    case 'none':
      return { movements: [] }
    case 'short-interest':
      return accrueShortInterest(input)
    case 'perpetual-funding':
      return payFunding(input)
    default:
      return assertNever(model)
  }
}

function accrueShortInterest(input: AccrualInput): Accrual {
  const { position, security, market, shortable, nowMs, clock } = input
  const side = position ? sign(position.quantity) : 0
  if (!position || side === 0) return { movements: [] }
  const day = market.hours.localDay(nowMs)
  const started = { kind: 'short-interest', day, side } as const
  if (clock?.kind !== 'short-interest' || clock.side !== side) return { movements: [], clock: started }
  if (day <= clock.day) return { movements: [], clock }
  const rate = side < 0 ? shortable.feeRate : shortable.rebateRate
  if (isZero(rate)) return { movements: [] }
  const value = times(times(position.quantity, market.price), security.multiplier)
  const amount = dividedBy(times(times(rate, value), decimal(day - clock.day)), daysOfYear)
  const movement = { currency: security.quoteCurrency, amount, reason: 'borrow', atMs: nowMs } as const
  return { movements: [{ ...movement, instrument: security.id }], clock: started }
}

function payFunding(input: AccrualInput): Accrual {
  const { position, security, market, fundingRate, nowMs, clock } = input
  if (!position || isZero(position.quantity) || security.isPerpetual !== true) return { movements: [] }
  const nextMs = (Math.floor(nowMs / fundingWindowMs) + 1) * fundingWindowMs
  if (clock?.kind !== 'perpetual-funding') {
    return { movements: [], clock: { kind: 'perpetual-funding', dueMs: nextMs } }
  }
  if (nowMs < clock.dueMs || fundingRate === undefined || isZero(market.price)) return { movements: [], clock }
  const windows = decimal((nextMs - clock.dueMs) / fundingWindowMs)
  const { amount: value, currency } = contractValue(position.quantity, input)
  const amount = negate(times(times(fundingRate, value), windows))
  return {
    movements: [{ currency, amount, reason: 'funding', atMs: nowMs, instrument: security.id }],
    clock: { kind: 'perpetual-funding', dueMs: nextMs },
  }
}

function contractValue(quantity: Decimal, { security, market }: AccrualInput) {
  const units = times(quantity, security.multiplier)
  if (security.isCoinMargined === true && security.baseCurrency !== undefined) {
    return { amount: dividedBy(units, market.price), currency: security.baseCurrency }
  }
  return { amount: times(units, market.price), currency: security.quoteCurrency }
}
