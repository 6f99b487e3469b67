import type { BrokerDefinition } from './broker-definition.ts'
import { alpaca } from './brokers/alpaca.ts'
import { binance, binanceFutures, binanceUs } from './brokers/binance.ts'
import { bitfinex } from './brokers/bitfinex.ts'
import { bybit } from './brokers/bybit.ts'
import { coinbase } from './brokers/coinbase.ts'
import { defaultCash, defaultMargin } from './brokers/default.ts'
import { interactiveBrokers } from './brokers/interactive-brokers.ts'
import { kraken } from './brokers/kraken.ts'
import { schwab } from './brokers/schwab.ts'
import { tradier } from './brokers/tradier.ts'

/** Brokers that QMTL knows, in the order in which they are listed. */
export const brokers: readonly BrokerDefinition[] = [
  defaultMargin,
  defaultCash,
  interactiveBrokers,
  alpaca,
  tradier,
  schwab,
  binance,
  binanceUs,
  binanceFutures,
  coinbase,
  kraken,
  bitfinex,
  bybit,
]
