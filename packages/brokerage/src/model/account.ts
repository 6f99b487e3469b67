import type { Decimal } from '@qmtl/contracts'
import type { BuyingPowerModel } from '../buying-power/buying-power-model.ts'
import type { InterestClock } from '../interest/interest-model.ts'
import type { Book } from '../ledger/book.ts'
import type { MarketView, RateOf } from './market-view.ts'
import type { MonthlyVolumes, UnsettledCash } from './money.ts'
import type { OrderState } from './order-terms.ts'
import type { Security } from './security.ts'

export type AccountType = 'cash' | 'margin'

/** Everything about an account that outlives a call; models take one and return the next. */
export interface Account {
  readonly type: AccountType
  /** Currency that the account is valued in. */
  readonly currency: string
  /** Settled cash by currency, and positions. */
  readonly book: Book
  /** First in, first out. */
  readonly unsettled: readonly UnsettledCash[]
  /** Open orders by id, in order of submission. */
  readonly orders: ReadonlyMap<string, OrderState>
  /** Interest clocks by instrument. */
  readonly clocks: ReadonlyMap<string, InterestClock>
  /** Local day up to which daily settlement has marked a position, by instrument. */
  readonly markedDays: ReadonlyMap<string, number>
  readonly volumes: MonthlyVolumes
}

/** An account seen with the market at an instant: what buying power, margin and rules read. */
export interface Portfolio {
  readonly account: Account
  /** Throws `E_UNKNOWN_INSTRUMENT`. */
  readonly securityOf: (instrument: string) => Security
  readonly marketOf: (instrument: string) => MarketView
  readonly rateOf: RateOf
  readonly buyingPowerOf: (security: Security) => BuyingPowerModel
  /** Fraction of the portfolio's value that no order may use; the profile's. */
  readonly requiredFreeFraction: Decimal
  readonly nowMs: number
}
