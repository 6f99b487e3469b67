import { binanceFees, binanceUsFees } from '../../fees/schedules/crypto-venues.ts'
import { noAuctionOfFutures, type OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

/** Binance, Binance US and both futures venues as of 2024; minimum sizes are notionals. */
function rulesOf(kind: string): OrderRules {
  return {
    kind,
    assetClasses: ['crypto', 'cryptoFuture'],
    orderTypes: [
      { types: ['market', 'limit', 'stop_limit'] },
      { types: ['stop_market', 'trailing_stop'], assetClasses: ['cryptoFuture'] },
    ],
    checks: [{ kind: 'minimum-notional' }, noAuctionOfFutures],
    updates: { never: true },
  }
}

export const binance: BrokerDefinition = {
  id: 'binance',
  title: 'Binance',
  accountTypes: ['cash', 'margin'],
  assetClasses: ['crypto', 'cryptoFuture'],
  rules: rulesOf('binance'),
  fees: binanceFees(),
  leverage: { crypto: '3' },
  paysFunding: true,
}

export const binanceUs: BrokerDefinition = {
  id: 'binance-us',
  title: 'Binance US',
  accountTypes: ['cash'],
  assetClasses: ['crypto'],
  rules: rulesOf('binance-us'),
  fees: binanceUsFees(),
}

/** Linear and coin-margined futures of Binance. */
export const binanceFutures: BrokerDefinition = {
  id: 'binance-futures',
  title: 'Binance futures and coin futures',
  accountTypes: ['margin'],
  assetClasses: ['crypto', 'cryptoFuture'],
  rules: rulesOf('binance-futures'),
  fees: binanceFees(),
  leverage: { cryptoFuture: '25' },
  paysFunding: true,
}
