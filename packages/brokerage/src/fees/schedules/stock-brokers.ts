import { decimal } from '@qmtl/contracts'
import { feeTable, makerTaker, perUnit, zeroUsd, type MakerTakerRates } from '../build-schedule.ts'
import type { FeeRow, FeeSchedule } from '../fee-schedule.ts'
import { interactiveBrokersFees } from './interactive-brokers.ts'

/**
 * Fees of Alpaca as of 2024: equities and options free; crypto 0.15 / 0.25 %, of a buy in the coins it receives, of a sell in quote
 * currency at the current price; whether an order is post only does not count.
 */
export function alpacaFees(rates: MakerTakerRates = { maker: '0.0015', taker: '0.0025' }): FeeSchedule {
  const crypto = { ...makerTaker(rates, { buy: 'base', sell: 'price' }), ignoresPostOnly: true }
  return feeTable('alpaca 2024', [
    { assetClasses: ['crypto'], schedule: crypto },
    { assetClasses: ['equity', 'option'], schedule: zeroUsd },
  ])
}

/** Tradier, equities and options free as of 2024. */
export const tradierFees: FeeSchedule = zeroUsd

/** Charles Schwab as of 2024, USD: 0.65 per option contract, 1.00 per index option contract, all else nothing. */
export const charlesSchwabFees: FeeSchedule = feeTable('schwab 2024', [
  { assetClasses: ['option'], schedule: perUnit('USD', '0.65') },
  { assetClasses: ['indexOption'], schedule: perUnit('USD', '1.00') },
  { schedule: { kind: 'none' } },
])

const majors = ['EURUSD', 'GBPUSD', 'USDJPY', 'USDCHF', 'AUDUSD', 'EURJPY', 'GBPJPY']

/** FXCM as of 2016: 0.04 per 1,000 units of a major pair and 0.06 of any other, in account currency. */
export const fxcmFees: FeeSchedule = feeTable('fxcm 2016', [
  { assetClasses: ['forex'], tickers: majors, schedule: perUnit('account', '0.00004') },
  { assetClasses: ['forex'], schedule: perUnit('account', '0.00006') },
])

const webullCharge = '0.50'

/** USD per contract: the exchange's charge and the broker's. */
function webullRow(tickers: readonly string[], exchange: string, more: Omit<FeeRow, 'schedule'> = {}): FeeRow {
  return { assetClasses: ['indexOption'], tickers, ...more, schedule: perUnit('USD', exchange, webullCharge) }
}

/** Webull's index options as of 2024, by underlying and current price; all other classes nothing. */
export const webullFees: FeeSchedule = feeTable('webull 2024', [
  webullRow(['SPX'], '0.57', { priceBelow: decimal(1) }),
  webullRow(['SPX'], '0.66'),
  webullRow(['SPXW'], '0.50', { priceBelow: decimal(1) }),
  webullRow(['SPXW'], '0.59'),
  webullRow(['VIX', 'VIXW'], '0.10', { priceUpTo: decimal('0.10') }),
  webullRow(['VIX', 'VIXW'], '0.25', { priceUpTo: decimal('0.99') }),
  webullRow(['VIX', 'VIXW'], '0.40', { priceUpTo: decimal('1.99') }),
  webullRow(['VIX', 'VIXW'], '0.45'),
  webullRow(['XSP'], '0', { quantityBelow: decimal(10) }),
  webullRow(['XSP'], '0.07'),
  webullRow(['DJX'], '0.18'),
  webullRow(['NDX', 'NDXP'], '0.50', { isMultiLeg: false, priceBelow: decimal(25) }),
  webullRow(['NDX', 'NDXP'], '0.75', { isMultiLeg: false }),
  webullRow(['NDX', 'NDXP'], '0.65', { priceBelow: decimal(25) }),
  webullRow(['NDX', 'NDXP'], '0.90'),
  { assetClasses: ['indexOption'], schedule: perUnit('USD', webullCharge) },
  { schedule: { kind: 'none' } },
])

/** The default profile: Interactive Brokers' fees of equities, options, futures and future options; nothing for all others. */
export const defaultFees: FeeSchedule = feeTable('default', [
  { assetClasses: ['equity', 'option', 'future', 'futureOption'], schedule: interactiveBrokersFees },
  { schedule: zeroUsd },
])
