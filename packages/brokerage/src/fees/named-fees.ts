import { QmtlError, suggestName } from '@qmtl/contracts'
import type { FeeSchedule } from './fee-schedule.ts'
import { coinbaseFees } from './schedules/coinbase.ts'
import { binanceFees, binanceUsFees, bitfinexFees, bybitFees, krakenFees } from './schedules/crypto-venues.ts'
import { interactiveBrokersFees } from './schedules/interactive-brokers.ts'
import {
  alpacaFees,
  charlesSchwabFees,
  defaultFees,
  fxcmFees,
  tradierFees,
  webullFees,
} from './schedules/stock-brokers.ts'

const schedules: Readonly<Record<string, FeeSchedule>> = {
  default: defaultFees,
  'interactive-brokers': interactiveBrokersFees,
  alpaca: alpacaFees(),
  tradier: tradierFees,
  schwab: charlesSchwabFees,
  fxcm: fxcmFees,
  webull: webullFees,
  binance: binanceFees(),
  'binance-us': binanceUsFees(),
  bybit: bybitFees(),
  bitfinex: bitfinexFees(),
  coinbase: coinbaseFees(),
  kraken: krakenFees(),
}

/** Names that `namedFees` knows. */
export const feeNames: readonly string[] = Object.keys(schedules)

/** The fees of a broker or venue by its name, also of those that have no profile of their own. Throws `E_INVALID_PARAMETER`. */
export function namedFees(name: string): FeeSchedule {
  const schedule = Object.entries(schedules).find(([known]) => known === name)?.[1]
  if (schedule) return schedule
  throw new QmtlError('E_INVALID_PARAMETER', `'${name}' has no fees; ${suggestName(name, feeNames)}`)
}
