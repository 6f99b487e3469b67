import { decimal, orderTypes, timesInForce, ZERO, type OrderStatus, type OrderType } from '@qmtl/contracts'
import { loadCalendar } from '@qmtl/market'
import { expect, test } from 'vitest'
import { tradingHoursOf } from '../hours/trading-hours-of.ts'
import type { OrderState, OrderUpdate } from '../model/order-terms.ts'
import type { Security, SecurityClass } from '../model/security.ts'
import { securityClasses } from '../symbols/security-classes.ts'
import { brokers } from '../profiles/broker-table.ts'
import { marketAt, orderOf, pairNamed, securityNamed, type OrderDetails } from '../testing/broker-scene.ts'
import { canExecute } from './clock-checks.ts'
import { judgeSubmit } from './judge-submit.ts'
import { judgeUpdate } from './judge-update.ts'
import type { OrderRules } from './order-rules.ts'
import type { RuleContext } from './rule-context.ts'

const newYork = tradingHoursOf(await loadCalendar('XNYS'))
const rulesOf = (id: string): OrderRules => brokers.find((broker) => broker.id === id)?.rules ?? { kind: 'missing' }
const at = (text: string): number => Date.parse(`${text}Z`)
/** Monday 2024-07-15, 11:00 in New York. */
const midday = at('2024-07-15T15:00:00')

function securityOf(assetClass: SecurityClass, more: Partial<Security> = {}): Security {
  if (assetClass === 'forex') {
    return securityNamed('EURUSD', 'ib', 'forex', { baseCurrency: 'EUR', ...more })
  }
  return assetClass.startsWith('crypto')
    ? pairNamed('BTC', 'USD', 'venue', { assetClass, ...more })
    : securityNamed('X', 'usa', assetClass, more)
}

/** An order that passes every size, for a class and type. */
function plainOrder(type: OrderType, details: OrderDetails = {}): OrderState {
  return orderOf(type, 100_000, { limitPrice: 100, stopPrice: 100, triggerPrice: 100, timeInForce: 'DAY', ...details })
}

type Seen = Partial<Omit<RuleContext, 'order' | 'security'>>

function contextOf(order: OrderState, security: Security, seen: Seen = {}): RuleContext {
  return { order, security, market: marketAt(100, { hours: newYork }), positionQuantity: ZERO, nowMs: midday, ...seen }
}

const codeOf = (id: string, order: OrderState, security: Security, seen?: Seen): string =>
  judgeSubmit(rulesOf(id), contextOf(order, security, seen))?.code ?? 'accepted'

const plain = 'market limit stop_market stop_limit'
const allTypes = orderTypes.join(' ')
const auctions = 'market_on_open market_on_close'
/** In the midday sun no window for market-on-open orders is open. */
const without = (types: string, ...gone: readonly string[]): string =>
  types
    .split(' ')
    .filter((type) => !gone.includes(type))
    .join(' ')

// Order types taken at each broker by asset class, at midday; a class that is not here is not taken at all.
const offers: Readonly<Record<string, Partial<Record<SecurityClass, string>>>> = {
  'default-cash': Object.fromEntries(
    securityClasses.map((one) => [one, one.startsWith('future') ? without(allTypes, 'market_on_open') : allTypes]),
  ),
  'default-margin': Object.fromEntries(
    securityClasses.map((one) => [one, one.startsWith('future') ? without(allTypes, 'market_on_open') : allTypes]),
  ),
  'interactive-brokers': {
    equity: without(allTypes, 'market_on_open'),
    forex: without(allTypes, 'market_on_open', 'market_on_close'),
    option: without(allTypes, 'market_on_open', 'market_on_close'),
    future: without(allTypes, 'market_on_open'),
    futureOption: without(allTypes, 'market_on_open', 'market_on_close'),
    index: without(allTypes, 'market_on_open', 'market_on_close'),
    indexOption: without(allTypes, 'market_on_open', 'market_on_close', 'option_exercise'),
    cfd: without(allTypes, 'market_on_open'),
  },
  alpaca: {
    equity: `${plain} trailing_stop market_on_close`,
    option: 'market limit',
    crypto: 'market limit stop_limit',
  },
  tradier: { equity: plain, option: plain, indexOption: plain },
  schwab: {
    equity: `${plain} ${auctions} combo_market combo_limit`,
    option: `${plain} ${auctions} combo_market combo_limit`,
    indexOption: `${plain} ${auctions} combo_market combo_limit`,
  },
  binance: { crypto: 'market limit stop_limit', cryptoFuture: `${plain} trailing_stop` },
  'binance-us': { crypto: 'market limit stop_limit', cryptoFuture: `${plain} trailing_stop` },
  'binance-futures': { crypto: 'market limit stop_limit', cryptoFuture: `${plain} trailing_stop` },
  coinbase: { crypto: 'market limit stop_limit' },
  kraken: { crypto: `${plain} limit_if_touched` },
  bitfinex: { crypto: plain },
  bybit: { crypto: `${plain} trailing_stop`, cryptoFuture: `${plain} trailing_stop`, base: `${plain} trailing_stop` },
}

test('every broker of the table has its offers tested', () => {
  expect(Object.keys(offers).toSorted()).toEqual(brokers.map(({ id }) => id).toSorted())
})

for (const [id, byClass] of Object.entries(offers)) {
  for (const assetClass of securityClasses) {
    const types = byClass[assetClass] ?? ''
    test(`${id} takes of ${assetClass}: ${types || 'nothing'}`, () => {
      const taken = orderTypes.filter((type) => codeOf(id, plainOrder(type), securityOf(assetClass)) === 'accepted')
      expect([...taken].toSorted()).toEqual(types.split(' ').filter(Boolean).toSorted())
      for (const type of orderTypes.filter((one) => !taken.includes(one))) {
        expect(codeOf(id, plainOrder(type), securityOf(assetClass))).toBe('NotSupported')
      }
    })
  }
}

for (const { id } of brokers) {
  const expected = id === 'tradier' ? ['GTC', 'DAY'] : timesInForce
  test(`${id} takes orders that are ${expected.join(', ')}`, () => {
    const security = securityOf(offers[id]?.equity === undefined ? 'crypto' : 'equity')
    const taken = timesInForce.filter(
      (timeInForce) => codeOf(id, plainOrder('limit', { timeInForce }), security) === 'accepted',
    )
    expect(taken).toEqual(expected)
  })
}

for (const [id, local, instant, code] of [
  ['interactive-brokers', '15:59:59', '2024-07-15T19:59:59', 'NotSupported'],
  ['interactive-brokers', '16:00:00', '2024-07-15T20:00:00', 'accepted'],
  ['interactive-brokers', '23:59:59', '2024-07-16T03:59:59', 'accepted'],
  ['interactive-brokers', '00:00:00', '2024-07-16T04:00:00', 'accepted'],
  ['interactive-brokers', '09:27:59', '2024-07-15T13:27:59', 'accepted'],
  ['interactive-brokers', '09:28:00', '2024-07-15T13:28:00', 'NotSupported'],
  ['interactive-brokers', '13:00:00 after an early close', '2024-11-29T18:00:00', 'accepted'],
  ['interactive-brokers', '12:59:59 before an early close', '2024-11-29T17:59:59', 'NotSupported'],
  ['interactive-brokers', '11:00:00 on a Sunday', '2024-07-14T15:00:00', 'accepted'],
  ['alpaca', '18:59:59', '2024-07-15T22:59:59', 'NotSupported'],
  ['alpaca', '19:00:00', '2024-07-15T23:00:00', 'accepted'],
  ['alpaca', '00:00:00', '2024-07-16T04:00:00', 'accepted'],
  ['alpaca', '09:27:59', '2024-07-15T13:27:59', 'accepted'],
  ['alpaca', '09:28:00', '2024-07-15T13:28:00', 'NotSupported'],
  ['alpaca', '11:00:00 on a holiday', '2024-11-28T16:00:00', 'accepted'],
  ['schwab', '11:00:00', '2024-07-15T15:00:00', 'accepted'],
] as const) {
  test(`${id}: an order for the open sent at ${local} in New York is ${code}`, () => {
    expect(codeOf(id, plainOrder('market_on_open'), securityOf('equity'), { nowMs: at(instant) })).toBe(code)
  })
}

for (const assetClass of ['cfd', 'option', 'futureOption', 'indexOption', 'equity'] as const) {
  test(`interactive-brokers takes orders for the open of ${assetClass} after the close`, () => {
    const nowMs = at('2024-07-15T20:00:00')
    expect(codeOf('interactive-brokers', plainOrder('market_on_open'), securityOf(assetClass), { nowMs })).toBe(
      'accepted',
    )
  })
}

for (const [legs, code] of [
  [3, 'accepted'],
  [4, 'NotSupported'],
] as const) {
  test(`interactive-brokers: a combo of ${legs} legs with a limit each is ${code}, with one limit accepted`, () => {
    const all = Array.from({ length: legs }, (_, index) => ({ instrument: `leg-${index}`, ratio: decimal(1) }))
    expect(codeOf('interactive-brokers', plainOrder('combo_leg_limit', { legs: all }), securityOf('option'))).toBe(code)
    expect(codeOf('interactive-brokers', plainOrder('combo_limit', { legs: all }), securityOf('option'))).toBe(
      'accepted',
    )
  })
}

for (const [settlement, code] of [
  ['physical', 'accepted'],
  ['cash', 'NotSupported'],
] as const) {
  test(`interactive-brokers: exercise of an option with ${settlement} settlement is ${code}`, () => {
    const option = {
      right: 'call',
      style: 'american',
      settlement,
      strike: decimal(1),
      underlying: 'X.USA',
      underlyingTicker: 'X',
      unit: decimal(100),
    } as const
    expect(codeOf('interactive-brokers', plainOrder('option_exercise'), securityOf('option', { option }))).toBe(code)
  })
}

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
  ['KRW', '0.01', '200000000'],
  ['MXN', '300000', '70000000'],
  ['NOK', '150000', '35000000'],
  ['NZD', '35000', '8000000'],
  ['SGD', '35000', '8000000'],
  ['RUB', '750000', '30000000'],
  ['SEK', '175000', '40000000'],
  ['ZAR', '350000', '100000000'],
] as const

for (const [currency, least, most] of forexSizes) {
  test(`interactive-brokers trades from ${least} to ${most} ${currency}, both inclusive and on both sides`, () => {
    const pair = securityNamed(`${currency}XXX`, 'ib', 'forex', { baseCurrency: currency })
    const codes = [least, most, `-${least}`, `-${most}`].map((size) =>
      codeOf('interactive-brokers', orderOf('market', size), pair),
    )
    expect(codes).toEqual(['accepted', 'accepted', 'accepted', 'accepted'])
    const beyond = [Number(least) - 0.01, Number(most) + 0.01].map((size) =>
      codeOf('interactive-brokers', orderOf('market', size), pair),
    )
    expect(beyond).toEqual(['OrderSizeLimit', 'OrderSizeLimit'])
    const resize = (size: string): string =>
      updateCode('interactive-brokers', orderOf('limit', least, { limitPrice: 1 }), pair, { quantity: decimal(size) })
    expect([resize(most), resize(`${most}1`)]).toEqual(['accepted', 'OrderSizeLimit'])
  })
}

for (const currency of ['CZK', 'HUF', 'ILS', 'PLN', 'TRY']) {
  test(`interactive-brokers trades no size of ${currency}`, () => {
    const pair = securityNamed(`${currency}USD`, 'ib', 'forex', { baseCurrency: currency })
    expect(codeOf('interactive-brokers', orderOf('market', 100_000), pair)).toBe('OrderSizeLimit')
  })
}

for (const [type, timeInForce, code] of [
  ['limit', 'DAY', 'accepted'],
  ['limit', 'GTC', 'NotSupported'],
  ['market', 'DAY', 'NotSupported'],
  ['stop_limit', 'DAY', 'NotSupported'],
] as const) {
  test(`alpaca: a ${type} order ${timeInForce} for outside regular hours is ${code}`, () => {
    const order = plainOrder(type, { timeInForce, outsideRegularTradingHours: true })
    expect(codeOf('alpaca', order, securityOf('equity'))).toBe(code)
  })
}

for (const [held, quantity, code] of [
  [100, -100, 'accepted'],
  [100, -101, 'NotSupported'],
  [-100, 100, 'accepted'],
  [-100, 101, 'NotSupported'],
  [0, -100, 'accepted'],
  [100, 100, 'accepted'],
] as const) {
  test(`alpaca: an auction order of ${quantity} with ${held} held is ${code}, a market order accepted`, () => {
    const seen = { positionQuantity: decimal(held), nowMs: at('2024-07-15T23:30:00') }
    for (const type of ['market_on_open', 'market_on_close'] as const) {
      expect(codeOf('alpaca', orderOf(type, quantity), securityOf('equity'), seen)).toBe(code)
    }
    expect(codeOf('alpaca', orderOf('market', quantity), securityOf('equity'), seen)).toBe('accepted')
  })
}

for (const [what, order, price, held, code] of [
  ['a short sale GTC', orderOf('market', -100), 100, 0, 'ShortOrderIsGtc'],
  ['a short sale of a day', orderOf('market', -100, { timeInForce: 'DAY' }), 100, 0, 'accepted'],
  ['a short sale below 5', orderOf('market', -100, { timeInForce: 'DAY' }), '4.99', 0, 'SellShortOrderLastPriceBelow5'],
  ['a short sale at 5', orderOf('market', -100, { timeInForce: 'DAY' }), 5, 0, 'accepted'],
  ['a sale of what is held GTC', orderOf('market', -100), '4.99', 100, 'accepted'],
  ['a sale of more than is held GTC', orderOf('market', -101), 100, 100, 'ShortOrderIsGtc'],
  ['a purchase against a short position GTC', orderOf('market', 50), '4.99', -100, 'accepted'],
  ['less than one', orderOf('market', '0.99'), 100, 0, 'IncorrectOrderQuantity'],
  ['one', orderOf('market', 1), 100, 0, 'accepted'],
  ['ten million', orderOf('market', 10_000_000), 100, 0, 'accepted'],
  ['more than ten million', orderOf('market', 10_000_001), 100, 0, 'IncorrectOrderQuantity'],
  ['a short sale of too much, GTC', orderOf('market', -10_000_001), 100, 0, 'ShortOrderIsGtc'],
] as const) {
  test(`tradier: ${what} is ${code}`, () => {
    const seen = { market: marketAt(price, { hours: newYork }), positionQuantity: decimal(held) }
    expect(codeOf('tradier', order, securityOf('equity'), seen)).toBe(code)
  })
}

// Outside the regular session: submission with the flag, execution with it, execution without.
for (const [local, instant, submit, withFlag, withoutFlag] of [
  ['03:59:59', '2024-07-15T07:59:59', 'ExtendedMarket', false, false],
  ['04:00:00', '2024-07-15T08:00:00', 'accepted', true, false],
  ['09:23:59', '2024-07-15T13:23:59', 'accepted', true, false],
  ['09:24:00', '2024-07-15T13:24:00', 'ExtendedMarket', false, false],
  ['09:30:00', '2024-07-15T13:30:00', 'accepted', true, true],
  ['15:59:59', '2024-07-15T19:59:59', 'accepted', true, true],
  ['16:00:00', '2024-07-15T20:00:00', 'accepted', true, false],
  ['19:54:59', '2024-07-15T23:54:59', 'accepted', true, false],
  ['19:55:00', '2024-07-15T23:55:00', 'ExtendedMarket', false, false],
] as const) {
  test(`tradier at ${local}: an order for extended hours is ${submit}, it ${withFlag ? 'executes' : 'waits'}, any other ${withoutFlag ? 'executes' : 'waits'}`, () => {
    const seen = { nowMs: at(instant) }
    const flagged = plainOrder('limit', { outsideRegularTradingHours: true })
    const executes = (order: OrderState): boolean =>
      canExecute(rulesOf('tradier'), contextOf(order, securityOf('equity'), seen))
    expect(codeOf('tradier', flagged, securityOf('equity'), seen)).toBe(submit)
    expect(codeOf('tradier', plainOrder('market'), securityOf('equity'), seen)).toBe('accepted')
    expect([executes(flagged), executes(plainOrder('limit'))]).toEqual([withFlag, withoutFlag])
  })
}

for (const [what, order, assetClass] of [
  ['a market order', plainOrder('market', { outsideRegularTradingHours: true }), 'equity'],
  ['an option', plainOrder('limit', { outsideRegularTradingHours: true }), 'option'],
] as const) {
  test(`tradier: ${what} for extended hours is refused before the open and taken in the session`, () => {
    expect(codeOf('tradier', order, securityOf(assetClass), { nowMs: at('2024-07-15T12:00:00') })).toBe(
      'ExtendedMarket',
    )
    expect(codeOf('tradier', order, securityOf(assetClass))).toBe('accepted')
  })
}

const ten = { minimumOrderSize: decimal(10) }
const quoted = marketAt(100, { bid: 99, ask: 101 })

for (const id of ['binance', 'binance-us', 'binance-futures']) {
  for (const [what, order, more, code] of [
    ['a limit order of exactly the minimum', orderOf('limit', '0.1', { limitPrice: 100 }), {}, 'NotSupported'],
    ['a limit order above it', orderOf('limit', '-0.1', { limitPrice: '100.01' }), {}, 'accepted'],
    ['a market buy at the ask', orderOf('market', '0.1'), {}, 'accepted'],
    ['a market sell at the bid', orderOf('market', '-0.1'), {}, 'NotSupported'],
    ['a market order without data', orderOf('market', 1000), { market: marketAt(0) }, 'NotSupported'],
    [
      'a stop limit order, limit too low',
      orderOf('stop_limit', '0.1', { limitPrice: 100, stopPrice: 101 }),
      {},
      'NotSupported',
    ],
    [
      'a stop limit order, stop too low',
      orderOf('stop_limit', '0.1', { limitPrice: 101, stopPrice: 100 }),
      {},
      'NotSupported',
    ],
    [
      'a stop limit order, both above',
      orderOf('stop_limit', '0.1', { limitPrice: 101, stopPrice: 101 }),
      {},
      'accepted',
    ],
    ['a stop order at the minimum', orderOf('stop_market', '0.1', { stopPrice: 100 }), {}, 'NotSupported'],
    ['a stop order above it', orderOf('stop_market', '0.1', { stopPrice: '100.01' }), {}, 'accepted'],
    ['a trailing stop at the minimum', orderOf('trailing_stop', '0.1', { stopPrice: 100 }), {}, 'NotSupported'],
    ['a trailing stop above it', orderOf('trailing_stop', '0.1', { stopPrice: '100.01' }), {}, 'accepted'],
  ] as const) {
    test(`${id}, minimum notional: ${what} is ${code}`, () => {
      expect(codeOf(id, order, securityOf('cryptoFuture', ten), { market: quoted, ...more })).toBe(code)
    })
  }
}

for (const id of ['coinbase', 'kraken', 'bitfinex', 'bybit']) {
  for (const [quantity, code] of [
    ['10', 'accepted'],
    ['-10', 'accepted'],
    ['9.99999999', 'NotSupported'],
    ['-9.99999999', 'NotSupported'],
  ] as const) {
    test(`${id}, minimum quantity of 10: ${quantity} is ${code}`, () => {
      expect(codeOf(id, orderOf('market', quantity), securityOf('crypto', ten))).toBe(code)
    })
  }
}

for (const id of ['binance', 'binance-us', 'binance-futures', 'coinbase', 'kraken', 'bitfinex', 'bybit']) {
  test(`${id}: without a minimum in the table every size passes`, () => {
    expect(codeOf(id, orderOf('market', '0.00000001'), securityOf('crypto'))).toBe('accepted')
  })
}

for (const [instant, code] of [
  ['2019-03-23T00:59:59', 'accepted'],
  ['2019-03-23T01:00:00', 'NotSupported'],
] as const) {
  test(`coinbase: a stop order of ${instant} is ${code}`, () => {
    const order = orderOf('stop_market', 1, { stopPrice: 1, createdMs: at(instant) })
    expect(codeOf('coinbase', order, securityOf('crypto'))).toBe(code)
  })
}

test('coinbase: an order that it has already is not taken again', () => {
  expect(codeOf('coinbase', { ...orderOf('market', 1), brokerId: 'abc' }, securityOf('crypto'))).toBe('NotSupported')
})

function updateCode(id: string, order: OrderState, security: Security, update: OrderUpdate): string {
  return judgeUpdate(rulesOf(id), update, contextOf(order, security))?.code ?? 'accepted'
}

const resized = { quantity: decimal(20) }
const repriced = { limitPrice: decimal(20) }
const limitOrder = (status: OrderStatus = 'submitted', details: OrderDetails = {}): OrderState => ({
  ...orderOf('limit', 30, { limitPrice: 10, ...details }),
  status,
})

for (const [id, what, order, assetClass, update, code] of [
  ['default-cash', 'any update', limitOrder(), 'equity', resized, 'accepted'],
  ['default-margin', 'any update', limitOrder(), 'equity', resized, 'accepted'],
  ['alpaca', 'any update', limitOrder(), 'equity', resized, 'accepted'],
  ['schwab', 'any update', limitOrder(), 'equity', resized, 'accepted'],
  ['interactive-brokers', 'a new quantity of an equity', limitOrder(), 'equity', resized, 'accepted'],
  ['interactive-brokers', 'a new quantity of a pair', limitOrder(), 'forex', resized, 'OrderSizeLimit'],
  ['interactive-brokers', 'a new price of a pair', limitOrder(), 'forex', repriced, 'accepted'],
  ['tradier', 'a new quantity', limitOrder(), 'equity', resized, 'UpdateRejected'],
  ['tradier', 'the same quantity', limitOrder(), 'equity', { quantity: decimal('30.0') }, 'accepted'],
  ['tradier', 'a new price', limitOrder(), 'equity', repriced, 'accepted'],
  ['binance', 'a new price', limitOrder(), 'crypto', repriced, 'UpdateRejected'],
  ['binance-us', 'a new price', limitOrder(), 'crypto', repriced, 'UpdateRejected'],
  ['binance-futures', 'a new price', limitOrder(), 'cryptoFuture', repriced, 'UpdateRejected'],
  ['kraken', 'a new price', limitOrder(), 'crypto', repriced, 'UpdateRejected'],
  ['coinbase', 'a new price', limitOrder(), 'crypto', repriced, 'accepted'],
  ['coinbase', 'a new price of a new order', limitOrder('new'), 'crypto', repriced, 'accepted'],
  ['coinbase', 'a new price of a partial fill', limitOrder('partially_filled'), 'crypto', repriced, 'accepted'],
  ['coinbase', 'a new price once more', limitOrder('update_submitted'), 'crypto', repriced, 'accepted'],
  ['coinbase', 'a new price after a cancel', limitOrder('cancel_pending'), 'crypto', repriced, 'UpdateRejected'],
  [
    'coinbase',
    'a new price of a day order',
    limitOrder('submitted', { timeInForce: 'DAY' }),
    'crypto',
    repriced,
    'UpdateRejected',
  ],
  [
    'coinbase',
    'a stop limit order',
    orderOf('stop_limit', 30, { limitPrice: 1, stopPrice: 1 }),
    'crypto',
    repriced,
    'UpdateRejected',
  ],
  ['coinbase', 'a quantity at the minimum', limitOrder(), 'crypto', { quantity: decimal(10) }, 'accepted'],
  ['coinbase', 'a quantity below the minimum', limitOrder(), 'crypto', { quantity: decimal(9) }, 'UpdateRejected'],
  ['bitfinex', 'a new price', limitOrder(), 'crypto', repriced, 'accepted'],
  ['bitfinex', 'a quantity at the minimum', limitOrder(), 'crypto', { quantity: decimal(-10) }, 'accepted'],
  ['bitfinex', 'a quantity below the minimum', limitOrder(), 'crypto', { quantity: decimal(9) }, 'UpdateRejected'],
  ['bybit', 'a new price of a future', limitOrder(), 'cryptoFuture', repriced, 'accepted'],
  ['bybit', 'a new price of a spot order', limitOrder(), 'crypto', repriced, 'UpdateRejected'],
  ['bybit', 'a new price after a cancel', limitOrder('cancel_pending'), 'cryptoFuture', repriced, 'UpdateRejected'],
  ['bybit', 'a quantity at the minimum', limitOrder(), 'cryptoFuture', { quantity: decimal(10) }, 'accepted'],
  ['bybit', 'a quantity below the minimum', limitOrder(), 'cryptoFuture', { quantity: decimal(9) }, 'UpdateRejected'],
] as const) {
  test(`${id}, update: ${what} is ${code}`, () => {
    expect(updateCode(id, order, securityOf(assetClass, ten), update)).toBe(code)
  })
}

for (const { id, rules } of brokers) {
  test(`${id} executes ${id === 'tradier' ? 'in the session' : 'at any time'} what it took${id === 'interactive-brokers' ? ', but nothing of class base' : ''}`, () => {
    const night = { nowMs: at('2024-07-15T06:00:00') }
    const executes = (assetClass: SecurityClass, seen?: Seen): boolean =>
      canExecute(rules, contextOf(plainOrder('limit'), securityOf(assetClass), seen))
    expect(executes('equity')).toBe(true)
    expect(executes('equity', night)).toBe(id !== 'tradier')
    expect(executes('base')).toBe(id !== 'interactive-brokers')
  })
}

test('a refusal names the order, the limit and what was seen', () => {
  const order = orderOf('limit', '0.1', { limitPrice: 100 })
  expect(judgeSubmit(rulesOf('binance'), contextOf(order, securityOf('crypto', ten)))).toEqual({
    code: 'NotSupported',
    limit: '10',
    seen: '10',
    message: 'order order-1 of BTCUSD.VENUE needs a notional above 10, seen 10',
  })
  expect(judgeSubmit(rulesOf('kraken'), contextOf(order, securityOf('equity')))?.message).toBe(
    'order order-1 of X.USA is not of an asset class that kraken offers: crypto, seen equity',
  )
  expect(judgeSubmit(rulesOf('alpaca'), contextOf(plainOrder('stop_market'), securityOf('crypto')))?.message).toBe(
    'order order-1 of BTCUSD.VENUE is not of an order type for crypto that alpaca offers: market, limit, stop_limit, seen stop_market',
  )
  const early = { nowMs: at('2024-07-15T13:30:15') }
  const open = judgeSubmit(
    rulesOf('interactive-brokers'),
    contextOf(plainOrder('market_on_open'), securityOf('equity'), early),
  )
  expect([open?.limit, open?.seen]).toEqual(['16:00 to 09:28', '09:30:15'])
})

test('rules that say nothing have the base rule', () => {
  const bare = { kind: 'bare' }
  const codeUnder = (assetClass: SecurityClass) =>
    judgeSubmit(bare, contextOf(plainOrder('market_on_open'), securityOf(assetClass)))?.code
  expect([codeUnder('future'), codeUnder('futureOption'), codeUnder('equity')]).toEqual([
    'NotSupported',
    'NotSupported',
    undefined,
  ])
  expect(judgeUpdate(bare, resized, contextOf(limitOrder(), securityOf('equity')))).toBeUndefined()
})
