import { decimal, orderTypes } from '@qmtl/contracts'
import { interactiveBrokersFees } from '../../fees/schedules/interactive-brokers.ts'
import type { ForexBounds, OrderCheck, OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

/** Least and most units of the first currency of a pair, as of 2024. CZK, HUF, ILS and PLN are not traded. */
const forexSizes = [
  ['USD', '25000', '7000000'],
  ['AUD', '25000', '6000000'],
  ['CAD', '25000', '6000000'],
  ['CHF', '25000', '6000000'],
  ['EUR', '20000', '6000000'],
  ['GBP', '20000', '5000000'],
  ['CNH', '150000', '40000000'],
  ['DKK', '150000', '35000000'],
  ['HKD', '200000', '50000000'],
  ['JPY', '2500000', '550000000'],
  ['KRW', '0', '200000000'],
  ['MXN', '300000', '70000000'],
  ['NOK', '150000', '35000000'],
  ['NZD', '35000', '8000000'],
  ['SGD', '35000', '8000000'],
  ['RUB', '750000', '30000000'],
  ['SEK', '175000', '40000000'],
  ['ZAR', '350000', '100000000'],
] as const

const bounds: ForexBounds = Object.fromEntries(
  forexSizes.map(([currency, least, most]) => [currency, [decimal(least), decimal(most)] as const]),
)
const forexSize: Extract<OrderCheck, { kind: 'forex-size' }> = { kind: 'forex-size', bounds }

/** Interactive Brokers as of 2024. */
const rules: OrderRules = {
  kind: 'interactive-brokers',
  assetClasses: ['equity', 'forex', 'option', 'future', 'futureOption', 'index', 'indexOption', 'cfd'],
  orderTypes: [
    { types: orderTypes.filter((type) => type !== 'market_on_open' && type !== 'market_on_close') },
    { types: ['market_on_close'], assetClasses: ['future', 'equity', 'cfd'] },
    { types: ['market_on_open'], assetClasses: ['cfd', 'equity', 'option', 'futureOption', 'indexOption'] },
  ],
  checks: [
    { kind: 'market-on-open-window', window: { kind: 'session', beforeOpenMs: 2 * 60_000 } },
    { kind: 'combo-legs', orderTypes: ['combo_leg_limit'], below: 4 },
    forexSize,
    { kind: 'physical-exercise' },
  ],
  updates: { quantityCheck: forexSize },
  neverExecutes: ['base'],
}

export const interactiveBrokers: BrokerDefinition = {
  id: 'interactive-brokers',
  title: 'Interactive Brokers',
  accountTypes: ['margin', 'cash'],
  assetClasses: ['equity', 'forex', 'option', 'future', 'futureOption', 'index', 'indexOption', 'cfd'],
  rules,
  fees: interactiveBrokersFees,
  leverage: { cfd: '10' },
}
