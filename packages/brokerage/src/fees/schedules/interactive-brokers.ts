import { decimal } from '@qmtl/contracts'
import { feeTable, perUnit } from '../build-schedule.ts'
import type { FeeRow, FeeSchedule, OptionPremiumFee, PercentFee } from '../fee-schedule.ts'

/** Exchanges of the United States whose futures it lists. */
const usFutureMarkets = ['cme', 'cbot', 'nymex', 'comex', 'ice', 'cfe', 'globex', 'nyseliffe']
const regulatory = '0.02'

type ContractCharges = readonly (readonly [families: string, broker: string, exchange: string])[]

/** USD per contract: tickers, the broker's and the exchange's charge. */
const futureCharges: ContractCharges = [
  ['ES NQ YM RTY EMD', '0.85', '1.28'],
  ['MES MNQ MYM M2K 2YY 5YY 10Y 30Y MCL MGC SIL', '0.25', '0.30'],
  ['BTC', '5.00', '6.00'],
  ['ETH', '3.00', '4.00'],
  ['MBT MIB', '2.25', '2.50'],
  ['MET MRB', '0.20', '0.20'],
  ['E7 J7', '0.50', '0.85'],
  ['M6E M6A M6B MCD MJY MSF M6J MIR M6C M6S MNH', '0.15', '0.24'],
]

/** Where options of a family cost something else than its futures. */
const futureOptionCharges: ContractCharges = [
  ['ES NQ YM RTY EMD', '0.85', '0.55'],
  ['MES MNQ MYM M2K 2YY 5YY 10Y 30Y MCL MGC SIL', '0.25', '0.20'],
  ['BTC', '5.00', '5.00'],
  ['ETH', '3.00', '4.00'],
  ['MBT MIB', '1.25', '2.50'],
  ['MET MRB', '0.10', '0.20'],
]

function chargeRows(assetClass: 'future' | 'futureOption', charges: ContractCharges): readonly FeeRow[] {
  return charges.map(([families, broker, exchange]) => ({
    assetClasses: [assetClass],
    markets: usFutureMarkets,
    tickers: families.split(' '),
    schedule: perUnit('USD', broker, exchange, regulatory),
  }))
}

/** Contracts of the month so far, and USD per contract for premiums from 0.10, from 0.05 and below. */
const optionTiers = [
  ['10000', '0.65', '0.50', '0.25'],
  ['50000', '0.50', '0.50', '0.25'],
  ['100000', '0.25', '0.25', '0.25'],
  [undefined, '0.15', '0.15', '0.15'],
] as const

const options: OptionPremiumFee = {
  kind: 'option-premium',
  minimum: decimal(1),
  currency: 'USD',
  tiers: optionTiers.map(([upTo, high, middle, low]) => ({
    ...(upTo !== undefined && { upTo: decimal(upTo) }),
    bands: [
      { premiumFrom: decimal('0.10'), perContract: decimal(high) },
      { premiumFrom: decimal('0.05'), perContract: decimal(middle) },
      { premiumFrom: decimal(0), perContract: decimal(low) },
    ],
  })),
}

/** USD of the month so far, basis points, minimum in USD. */
const forexTiers = [
  ['1000000000', '0.20', '2.00'],
  ['2000000000', '0.15', '1.50'],
  ['5000000000', '0.10', '1.25'],
  [undefined, '0.08', '1.00'],
] as const

const forex: FeeSchedule = {
  kind: 'tiered',
  volume: 'forexUsd',
  tiers: forexTiers.map(([upTo, bps, minimum]) => ({
    ...(upTo !== undefined && { upTo: decimal(upTo) }),
    schedule: { kind: 'percent', bps: decimal(bps), minimum: decimal(minimum), currency: 'USD' },
  })),
}

/** Two thousandths of a percent of the order's value, in quote currency. */
function cfd(minimum: number): PercentFee {
  return { kind: 'percent', bps: decimal('0.20'), minimum: decimal(minimum) }
}

const usEquity: FeeSchedule = {
  ...perUnit('USD', '0.005'),
  minimum: decimal(1),
  maximumFraction: decimal('0.005'),
}
const indianEquity: FeeSchedule = { ...perUnit('INR', '0.01'), minimum: decimal(6), maximumFraction: decimal(20) }
const contracts = ['future', 'futureOption'] as const

/** HKD, CNH and USD per contract, half as much again for the exchange. */
const hongKong: readonly FeeRow[] = [
  { assetClasses: contracts, markets: ['hkfe'], tickers: ['HSI'], schedule: perUnit('HKD', 40) },
  { assetClasses: contracts, markets: ['hkfe'], quoteCurrencies: ['CNH'], schedule: perUnit('CNH', 13, '6.5') },
  { assetClasses: contracts, markets: ['hkfe'], quoteCurrencies: ['HKD'], schedule: perUnit('HKD', 20, 10) },
  { assetClasses: contracts, markets: ['hkfe'], quoteCurrencies: ['USD'], schedule: perUnit('USD', '2.40', '1.20') },
]

/**
 * Interactive Brokers, fixed pricing as LEAN's fee model charged it in 2024: equities of the United States and India, options, spot
 * currencies, futures and their options, CFDs. Any other class or market is an error. Volume tiers read the month so far.
 */
export const interactiveBrokersFees: FeeSchedule = feeTable('interactive-brokers 2024', [
  { assetClasses: ['equity'], markets: ['usa'], schedule: usEquity },
  { assetClasses: ['equity'], markets: ['india'], schedule: indianEquity },
  { assetClasses: ['option'], isExercise: true, schedule: { kind: 'none' } },
  { assetClasses: ['option', 'indexOption'], schedule: options },
  { assetClasses: ['forex'], schedule: forex },
  ...chargeRows('future', futureCharges),
  ...chargeRows('futureOption', futureOptionCharges),
  ...chargeRows('futureOption', futureCharges),
  { assetClasses: contracts, markets: usFutureMarkets, schedule: perUnit('USD', '0.85', '1.60', regulatory) },
  ...hongKong,
  {
    assetClasses: contracts,
    markets: ['krx'],
    schedule: { kind: 'percent', bps: decimal('0.40'), currency: 'KRW', of: 'market-value' },
  },
  { assetClasses: contracts, markets: ['eurex'], schedule: perUnit('EUR', '1.00', 0, regulatory) },
  { assetClasses: ['cfd'], quoteCurrencies: ['JPY'], schedule: cfd(40) },
  { assetClasses: ['cfd'], quoteCurrencies: ['HKD'], schedule: cfd(10) },
  { assetClasses: ['cfd'], schedule: cfd(1) },
])
