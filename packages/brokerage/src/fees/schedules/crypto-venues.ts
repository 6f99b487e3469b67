import { feeTable, makerTaker, spotCrypto, zeroUsd, type MakerTakerRates } from '../build-schedule.ts'
import type { FeeSchedule } from '../fee-schedule.ts'

/** Rates by market of one venue; each replaces the row of the venue's table. */
export interface VenueRates {
  readonly spot?: MakerTakerRates
  readonly futures?: MakerTakerRates
  readonly coinFutures?: MakerTakerRates
}

/** Binance and Binance US spot, lowest tier: 0.10 % for maker and taker, as of 2024. */
const binanceSpot = { maker: '0.001', taker: '0.001' }

/** Fees of Binance US: spot alone. */
export function binanceUsFees({ spot = binanceSpot }: VenueRates = {}): FeeSchedule {
  return feeTable('binance-us 2024', [{ assetClasses: ['crypto'], schedule: makerTaker(spot, spotCrypto) }])
}

/**
 * Fees of Binance by contract, lowest tier as of 2024: spot 0.10 %; linear futures 0.02 / 0.04 %, those in BUSD 0.012 / 0.036 %;
 * coin-margined futures 0.01 / 0.05 % in their coin. Given futures rates replace those of all linear futures.
 */
export function binanceFees({ spot = binanceSpot, futures, coinFutures }: VenueRates = {}): FeeSchedule {
  const coin = coinFutures ?? { maker: '0.0001', taker: '0.0005' }
  const linear = futures ?? { maker: '0.0002', taker: '0.0004' }
  const busd = futures ?? { maker: '0.00012', taker: '0.00036' }
  const isFuture = { assetClasses: ['cryptoFuture'] } as const
  return feeTable('binance 2024', [
    { assetClasses: ['crypto'], schedule: makerTaker(spot, spotCrypto) },
    { ...isFuture, isCoinMargined: true, schedule: makerTaker(coin, 'contract') },
    { ...isFuture, quoteCurrencies: ['BUSD'], schedule: makerTaker(busd, 'contract') },
    { ...isFuture, schedule: makerTaker(linear, 'contract') },
  ])
}

/** Fees of Bybit, lowest tier as of 2024: spot 0.10 %, futures 0.02 / 0.055 %; custom data costs nothing. */
export function bybitFees({ spot, futures }: VenueRates = {}): FeeSchedule {
  const contract = futures ?? { maker: '0.0002', taker: '0.00055' }
  return feeTable('bybit 2024', [
    { assetClasses: ['crypto'], schedule: makerTaker(spot ?? { maker: '0.001', taker: '0.001' }, spotCrypto) },
    { assetClasses: ['cryptoFuture'], schedule: makerTaker(contract, 'contract') },
    { assetClasses: ['base'], schedule: zeroUsd },
  ])
}

/** Fees of Bitfinex, lowest tier as of 2024: 0.10 / 0.20 %; hidden orders pay the taker's rate. */
export function bitfinexFees(rates: MakerTakerRates = { maker: '0.001', taker: '0.002' }): FeeSchedule {
  return feeTable('bitfinex 2024', [
    { assetClasses: ['crypto'], schedule: { ...makerTaker(rates, spotCrypto), hiddenTakes: true } },
  ])
}

const krakenFlatPrefixes = ['CAD', 'EUR', 'GBP', 'JPY', 'USD', 'USDT', 'DAI', 'USDC']

/**
 * Fees of Kraken, lowest tier as of 2022: 0.16 / 0.26 %, and 0.20 % for pairs that buy a currency or a stable coin. Buys pay in quote
 * currency and sells in base currency, unless the order asks for the other.
 */
export function krakenFees(rates: MakerTakerRates = { maker: '0.0016', taker: '0.0026' }): FeeSchedule {
  const pays = { buy: 'limit-or-side', sell: 'base' } as const
  const flat = { ...makerTaker({ maker: '0.002', taker: '0.002' }, pays), orderMayChoose: true }
  return feeTable('kraken 2022', [
    { assetClasses: ['crypto'], tickerPrefixes: krakenFlatPrefixes, schedule: flat },
    { assetClasses: ['crypto'], schedule: { ...makerTaker(rates, pays), orderMayChoose: true } },
  ])
}
