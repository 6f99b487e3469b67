import { feeTable, makerTaker, type MakerTakerRates } from '../build-schedule.ts'
import type { FeeRow, FeeSchedule } from '../fee-schedule.ts'

const stablePairs = (
  'DAIUSDC DAIUSD GYENUSD PAXUSD PAXUSDT MUSDUSD USDCEUR USDCGBP USDTEUR USDTGBP USDTUSD USDTUSDC USTEUR USTUSD USTUSDT ' +
  'WBTCBTC'
).split(' ')

/** The schedule of an order, unless it was submitted before an instant or trades a stable pair. */
function row(rates: MakerTakerRates, conditions: Omit<FeeRow, 'schedule'> = {}): FeeRow {
  const schedule = makerTaker(rates, { buy: 'side', sell: 'side' })
  return { assetClasses: ['crypto'], ...conditions, schedule }
}

/**
 * Fees of Coinbase by the time of the order, in quote currency at the side of the book that the order trades against, even of limit
 * orders: 0 / 0.30 % before 2019-03-23T01:30Z, 0.15 / 0.25 % before 2019-10-08T00:30Z, then the rates given (0.60 / 0.80 %, the lowest
 * tier of 2022). Stable pairs: 0 / 0.10 % before 2022-06-01Z, then 0 / 0.001 %.
 */
export function coinbaseFees(rates: MakerTakerRates = { maker: '0.006', taker: '0.008' }): FeeSchedule {
  const before = (instant: string) => ({ submittedBeforeMs: Date.parse(instant) })
  return feeTable('coinbase 2022', [
    row({ maker: 0, taker: '0.001' }, { tickers: stablePairs, ...before('2022-06-01T00:00:00Z') }),
    row({ maker: 0, taker: '0.00001' }, { tickers: stablePairs }),
    row({ maker: 0, taker: '0.003' }, before('2019-03-23T01:30:00Z')),
    row({ maker: '0.0015', taker: '0.0025' }, before('2019-10-08T00:30:00Z')),
    row(rates),
  ])
}
