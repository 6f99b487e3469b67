import { decimal } from '@qmtl/contracts'
import { krakenFees } from '../../fees/schedules/crypto-venues.ts'
import type { PairLeverage } from '../../model/broker-profile.ts'
import type { OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

/** Kraken as of 2022; minimum sizes are quantities. */
const rules: OrderRules = {
  kind: 'kraken',
  assetClasses: ['crypto'],
  orderTypes: [{ types: ['market', 'limit', 'stop_market', 'stop_limit', 'limit_if_touched'] }],
  checks: [{ kind: 'minimum-quantity' }],
  updates: { never: true },
}

/** Coins, the currencies they are quoted in, and leverage; any other pair has none. */
const pairLeverage: readonly PairLeverage[] = (
  [
    ['BTC', 'USD EUR', '5'],
    ['USDT', 'USD EUR', '2'],
    ['USDC', 'USD EUR', '3'],
    ['REP XTZ', 'BTC ETH USD EUR', '2'],
    ['ADA EOS TRX LINK', 'BTC ETH USD EUR', '3'],
    ['ETH', 'BTC USD EUR', '5'],
    ['XMR BCH', 'BTC USD EUR', '2'],
    ['XRP LTC DASH', 'BTC USD EUR', '3'],
  ] as const
).map(([bases, quotes, leverage]) => ({
  bases: bases.split(' '),
  quotes: quotes.split(' '),
  leverage: decimal(leverage),
}))

export const kraken: BrokerDefinition = {
  id: 'kraken',
  title: 'Kraken',
  accountTypes: ['cash', 'margin'],
  assetClasses: ['crypto'],
  rules,
  fees: krakenFees(),
  pairLeverage,
}
