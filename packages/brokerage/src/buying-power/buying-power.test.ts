import { absolute, compare, decimal, decimalText, ONE, times, ZERO, type Decimal } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Security } from '../model/security.ts'
import {
  equity,
  fillOf,
  indexFuture,
  marketAt,
  mondayMs,
  orderOf,
  portfolioOf,
  spotCrypto,
} from '../testing/samples.ts'
import { availableMargin, judgeBuyingPower, marginNumbers } from './affordability.ts'
import type { BuyingPowerModel } from './buying-power-model.ts'
import { cashBuyingPower, sizeForValue } from './cash-model.ts'
import { callMargin } from './margin-call.ts'
import { initialMargin, maintenanceMargin } from './margins.ts'
import { portfolioValue } from './portfolio-value.ts'
import { sizeForHoldings, sizeForMargin, sizeForMarginChange } from './target-size.ts'

const hourMs = 3_600_000
const rest = { unaffordable: 'refuse' } as const
const leverage = (times: string | number): BuyingPowerModel => ({ kind: 'leverage', leverage: decimal(times), ...rest })
const spy = (price: string | number) => ({ [equity.id]: marketAt(price) })
const noFee = () => ZERO
const free = { fee: ZERO, feeOf: noFee }
const text = (value: Decimal) => decimalText(value)

describe('initial and maintenance margin of 10 units', () => {
  const perpetual: Security = { ...spotCrypto, assetClass: 'cryptoFuture', multiplier: decimal(100) }
  const coin: Security = { ...perpetual, isCoinMargined: true }
  const margin = (initial: number, maintenance: number) => ({
    initial: decimal(initial),
    maintenance: decimal(maintenance),
  })
  const es: Security = { ...indexFuture, margins: { overnight: margin(12_000, 11_000) } }
  const day: Security = {
    ...es,
    margins: { overnight: margin(12_000, 11_000), intraday: margin(500, 400), closingMs: hourMs },
  }
  const option = (right: 'call' | 'put', assetClass: 'option' | 'indexOption' = 'option'): Security => ({
    ...equity,
    id: 'O.OPRA',
    assetClass,
    multiplier: decimal(100),
    option: {
      right,
      style: 'american',
      settlement: 'physical',
      strike: decimal(110),
      underlying: equity.id,
      underlyingTicker: 'SPY',
      unit: decimal(100),
    },
  })
  const optional: BuyingPowerModel = { kind: 'option', ...rest }
  const future: BuyingPowerModel = { kind: 'future', ...rest }
  const swap: BuyingPowerModel = { kind: 'crypto-future', leverage: decimal(25), ...rest }
  const daily: BuyingPowerModel = {
    kind: 'pattern-day-trading',
    closedLeverage: decimal(2),
    openLeverage: decimal(4),
    ...rest,
  }
  const at = (hours: number) => mondayMs + hours * hourMs

  test.each<[string, BuyingPowerModel, Security, number, number, string, string, number?]>([
    ['leverage 2', leverage(2), equity, 10, 40, '200', '200'],
    ['leverage 2 short', leverage(2), equity, -10, 40, '-200', '200'],
    [
      'own requirements',
      {
        kind: 'leverage',
        leverage: ONE,
        initialRequirement: decimal('0.5'),
        maintenanceRequirement: decimal('0.25'),
        ...rest,
      },
      equity,
      10,
      40,
      '200',
      '100',
    ],
    ['future', future, es, 10, 4000, '120000', '110000'],
    ['future short', future, es, -10, 4000, '-120000', '110000'],
    ['future by day', future, day, 10, 4000, '5000', '4000'],
    ['future an hour before the close', future, day, 10, 4000, '120000', '110000', at(15)],
    ['future overnight', future, day, 10, 4000, '120000', '110000', at(17)],
    ['linear perpetual', swap, perpetual, 10, 50_000, '2000000', '2000000'],
    ['coin-margined perpetual', swap, coin, 10, 50_000, '0.0008', '0.0008'],
    ['day trading at 15:49', daily, equity, 10, 40, '100', '100', at(15) + 49 * 60_000],
    ['day trading at 15:50', daily, equity, 10, 40, '200', '200', at(15) + 50 * 60_000],
    ['day trading at night', daily, equity, 10, 40, '200', '200', at(3)],
    ['option bought', optional, option('call'), 10, 2, '2000', '0'],
    // 10 × 100 × 2 + 10 × 100 × max(10, 20 − 10)
    ['call written', optional, option('call'), -10, 2, '-12000', '12000'],
    // In the money: 10 × 100 × 2 + 10 × 100 × max(11, 20)
    ['put written', optional, option('put'), -10, 2, '-22000', '22000'],
    ['index call written', optional, option('call', 'indexOption'), -10, 2, '-12000', '12000'],
    ['index put written', optional, option('put', 'indexOption'), -10, 2, '-17000', '17000'],
    ['cash', { kind: 'cash', ...rest }, equity, 10, 40, '400', '0'],
  ])('%s', (_, buyingPower, security, quantity, price, initial, maintenance, nowMs = at(12)) => {
    const portfolio = portfolioOf({
      buyingPower,
      securities: [security, equity],
      markets: { [equity.id]: marketAt(100), [security.id]: marketAt(price) },
      fills: [
        fillOf(quantity, price, { instrument: security.id, multiplier: security.multiplier, accounting: 'contract' }),
      ],
      nowMs,
    })
    const position = portfolio.account.book.positions.get(security.id)
    expect(text(initialMargin(decimal(quantity), security, portfolio))).toBe(initial)
    expect(position && text(maintenanceMargin(position, security, portfolio))).toBe(maintenance)
  })

  test('a future without margins is an error', () => {
    const portfolio = portfolioOf({ buyingPower: future, securities: [indexFuture] })
    expect(() => initialMargin(ONE, indexFuture, portfolio)).toThrow('without margins')
  })
})

describe('the value of a portfolio', () => {
  const contract = (quantity: number, price: number) =>
    fillOf(quantity, price, { instrument: indexFuture.id, multiplier: decimal(50), accounting: 'contract' })
  test.each([
    ['assets at market', { cash: 1000, fills: [fillOf(5, 100)], markets: spy(110) }, '1050'],
    ['shorts at market', { cash: 1000, fills: [fillOf(-5, 100)], markets: spy(110) }, '950'],
    ['unsettled cash', { cash: 1000, unsettled: 20 }, '1020'],
    ['other currencies at their rates', { cash: 1000, foreign: { EUR: 100 }, rates: { EUR: '1.1' } }, '1110'],
    ['a currency without a rate as nothing', { cash: 1000, foreign: { EUR: 100 }, rates: { EUR: 0 } }, '1000'],
    [
      'contracts by their profit',
      { cash: 1000, fills: [contract(2, 4000)], markets: { [indexFuture.id]: marketAt(4010) } },
      '2000',
    ],
  ])('counts %s', (_, given, value) => {
    const portfolio = portfolioOf({ buyingPower: leverage(1), securities: [equity, indexFuture], ...given })
    expect(text(portfolioValue(portfolio))).toBe(value)
  })

  test('counts pairs in cash alone', () => {
    const exchange = {
      instrument: spotCrypto.id,
      accounting: 'exchange',
      currency: 'USD',
      baseCurrency: 'BTC',
    } as const
    const portfolio = portfolioOf({
      cash: 1000,
      fills: [fillOf(2, 100, exchange)],
      rates: { BTC: 110 },
      buyingPower: leverage(1),
      securities: [spotCrypto],
    })
    expect(text(portfolioValue(portfolio))).toBe('1020')
  })
})

describe('available margin at leverage 2, 1000 of cash', () => {
  test.each([
    ['flat', [], 1, '0', '1000'],
    ['more of the same side', [fillOf(10, 100)], 1, '0', '500'],
    // M 500 + maintenance 500 + initial 500
    ['against a position it finances the flip twice', [fillOf(10, 100)], -1, '0', '1500'],
    ['with a fraction that stays free', [], 1, '0.1', '900'],
    ['never negative', [fillOf(40, 100)], 1, '0', '0'],
  ] as const)('%s', (_, fills, direction, free_, expected) => {
    const portfolio = portfolioOf({ cash: 1000, fills, markets: spy(100), buyingPower: leverage(2), free: free_ })
    expect(text(availableMargin(equity, direction, portfolio))).toBe(expected)
  })

  test('unsettled cash is worth something and buys nothing', () => {
    const portfolio = portfolioOf({ cash: 1000, unsettled: 500, buyingPower: leverage(1), markets: spy(100) })
    expect(text(marginNumbers(portfolio).value)).toBe('1500')
    expect(text(availableMargin(equity, 1, portfolio))).toBe('1000')
  })
})

describe('what is affordable', () => {
  const one = (given: object) => portfolioOf({ cash: 1000, markets: spy(100), buyingPower: leverage(1), ...given })
  test.each([
    ['to the last cent', orderOf('market', 10), 0, one({}), undefined],
    ['not with a fee on top', orderOf('market', 10), 1, one({}), 'insufficientBuyingPower'],
    ['with a fee that fits', orderOf('market', '9.99'), 1, one({}), undefined],
    ['at the current price whatever the limit', orderOf('limit', 10, { limitPrice: 500 }), 0, one({}), undefined],
    ['short as long', orderOf('market', -10), 0, one({}), undefined],
    ['not short beyond', orderOf('market', '-10.01'), 0, one({}), 'insufficientBuyingPower'],
    ['always when it reduces', orderOf('market', -40), 9999, one({ fills: [fillOf(40, 100)] }), undefined],
    ['nothing at all', orderOf('market', 0), 9999, one({ cash: -5 }), undefined],
  ])('%s', (_, order, fee, portfolio, code) => {
    const refusal = judgeBuyingPower(order, portfolio, { fee: decimal(fee), feeOf: noFee })
    expect(refusal?.code).toBe(code)
    if (refusal) expect(refusal.message).toContain(refusal.limit)
  })

  test('what is filled already needs nothing more', () => {
    const order = { ...orderOf('market', 20), filledQuantity: decimal(10) }
    expect(judgeBuyingPower(order, one({}), free)).toBeUndefined()
  })

  test('an option counts the value of the order', () => {
    const option: Security = { ...equity, id: 'O.OPRA', assetClass: 'option', multiplier: decimal(100) }
    const portfolio = portfolioOf({
      cash: 1000,
      securities: [option],
      markets: { [option.id]: marketAt(20) },
      buyingPower: { kind: 'option', ...rest },
    })
    const order = (limitPrice: number) => orderOf('limit', 1, { instrument: option.id, limitPrice })
    expect(judgeBuyingPower(order(10), portfolio, free)).toBeUndefined()
    expect(judgeBuyingPower(order(11), portfolio, free)?.seen).toBe('1100')
  })

  test('reducing orders are always affordable', () => {
    const sizes = fc.integer({ min: 1, max: 500 })
    fc.assert(
      fc.property(
        sizes,
        sizes,
        fc.constantFrom(1, -1),
        fc.integer({ min: 1, max: 1000 }),
        (held, part, side, price) => {
          const portfolio = one({ fills: [fillOf(held * side, 100)], markets: spy(price) })
          const order = orderOf('market', -side * Math.min(part, held))
          expect(judgeBuyingPower(order, portfolio, { fee: decimal(1_000_000), feeOf: noFee })).toBeUndefined()
        },
      ),
    )
  })
})

describe('sizing', () => {
  const question = (given: object, feeOf: (quantity: Decimal) => Decimal = noFee, minimum = '0') => ({
    security: equity,
    portfolio: portfolioOf({ buyingPower: leverage(2), markets: spy(40), ...given }),
    feeOf,
    minimumOrderMarginFraction: decimal(minimum),
  })

  test('50 000 of cash, price 40, leverage 2, all of it twice, a fee of 3: 2493', () => {
    const sizing = sizeForHoldings(decimal(2), {
      ...question({ cash: 50_000 }, () => decimal(3), '0.001'),
      freePortfolioFraction: decimal('0.0025'),
      leverage: decimal(2),
    })
    expect(text(sizing.quantity)).toBe('2493')
  })

  test.each([
    [-12, -530, '-1'],
    [30, -700, '-47'],
  ])('position %d and target margin %d need %s lots', (held, target, expected) => {
    // Value 10 000 whatever is held: the target is a fraction of it.
    const portfolio = portfolioOf({
      cash: 10_000,
      fills: [fillOf(held, 40)],
      buyingPower: leverage(1),
      markets: spy(40),
    })
    const sizing = sizeForMargin(decimal(`${target}e-4`), { ...question({}), portfolio })
    expect(text(sizing.quantity)).toBe(expected)
  })

  test.each([
    ['0', '-10', undefined],
    ['0.0001', '0', 'too-small'],
  ])('a fraction of %s of a position of 10 gives %s', (fraction, quantity, reason) => {
    const portfolio = portfolioOf({ cash: 10_000, fills: [fillOf(10, 40)], buyingPower: leverage(1), markets: spy(40) })
    const near = fraction === '0' ? decimal(0) : decimal('0.0405')
    const sizing = sizeForMargin(near, { ...question({}), portfolio, minimumOrderMarginFraction: decimal('0.001') })
    expect([text(sizing.quantity), sizing.reason]).toEqual([quantity, reason])
  })

  test('without a price nothing is sized, below a lot it says so', () => {
    expect(sizeForMargin(ONE, question({ cash: 1000, markets: spy(0) })).reason).toBe('no-price')
    expect(sizeForMargin(decimal('0.001'), question({ cash: 1000 })).reason).toBe('below-a-lot')
  })

  test('a fee that grows with the order shrinks it until both fit', () => {
    const growing = (quantity: Decimal) => absolute(quantity)
    const { quantity } = sizeForMargin(ONE, question({ cash: 1000 }, growing))
    // 47 lots: margin 940, fee 47; 48 would need 960 and 48.
    expect(text(quantity)).toBe('47')
  })

  test('a change of margin of one lot is sized where everything counts', () => {
    const given = { cash: 10_000, fills: [fillOf(10, 40)], buyingPower: leverage(1) }
    expect(text(sizeForMarginChange(decimal(-40), question(given)).quantity)).toBe('-1')
    expect(text(sizeForMarginChange(decimal(40), question(given)).quantity)).toBe('1')
  })

  test('a sized position never needs more margin than its target', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -100, max: 100 }), (percent, held) => {
        const portfolio = portfolioOf({
          cash: 50_000,
          ...(held === 0 ? {} : { fills: [fillOf(held, 40)] }),
          buyingPower: leverage(2),
          markets: spy(40),
        })
        const { quantity } = sizeForMargin(decimal(`${percent}e-2`), { ...question({}), portfolio })
        const after = times(decimal(held + Number(text(quantity))), decimal(20))
        const target = times(decimal(`${percent}e-2`), decimal(50_000))
        if (percent !== 0 && quantity.coefficient !== 0n)
          expect(compare(absolute(after), absolute(target))).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('a cash account of pairs', () => {
  const cash: BuyingPowerModel = { kind: 'cash', ...rest }
  const percent = (price: number) => (quantity: Decimal) =>
    times(times(absolute(quantity), decimal(price)), decimal('0.005'))
  const pair = (given: object, market = marketAt(800)) =>
    portfolioOf({
      type: 'cash',
      cash: 5000,
      securities: [spotCrypto],
      markets: { [spotCrypto.id]: market },
      rates: { BTC: 800 },
      buyingPower: cash,
      ...given,
    })
  const order = (
    quantity: string | number,
    type: 'market' | 'limit' | 'stop_market' = 'market',
    price = 800,
    id = 'o1',
  ) =>
    orderOf(type, quantity, {
      id,
      instrument: spotCrypto.id,
      ...(type === 'limit' ? { limitPrice: price } : {}),
      ...(type === 'stop_market' ? { stopPrice: price } : {}),
    })

  test.each([
    ['one price of 800', marketAt(800), 800, '6.21890547'],
    ['bid 798 and ask 802', marketAt(800, { bid: decimal(798), ask: decimal(802) }), 802, '6.20339698'],
  ])('5000 USD buy at a fee of 0.5 %% and %s', (_, market, price, expected) => {
    const size = sizeForValue(decimal(5000), spotCrypto, { portfolio: pair({}, market), feeOf: percent(price) })
    expect(text(size)).toBe(expected)
  })

  test.each([
    ['a negative target is nothing', -1, '0'],
    ['zero sells all of the coin', 0, '-2'],
    ['a smaller value sells', 800, '-1'],
    ['a larger value buys', 2400, '1'],
  ])('%s', (_, value, expected) => {
    const size = sizeForValue(decimal(value), spotCrypto, { portfolio: pair({ foreign: { BTC: 2 } }), feeOf: noFee })
    expect(text(size)).toBe(expected)
  })

  test.each([
    ['a sell within the coins', order(-2), {}, undefined],
    ['no short sale', order('-2.1'), {}, '2'],
    ['a sell beside a resting sell', order(-2), { orders: [order(-1, 'limit', 900, 'o2')] }, '1'],
    ['a sell beside a resting stop', order(-2), { orders: [order(-1, 'stop_market', 700, 'o2')] }, '1'],
    ['a market buy of what the cash pays', order('6.25'), {}, undefined],
    ['not more', order('6.26'), {}, '5000'],
    ['a buy beside a resting buy', order(6), { orders: [order(1, 'limit', 700, 'o2')] }, '4300'],
    ['a resting market order reserves nothing', order(6), { orders: [order(1, 'market', 700, 'o2')] }, undefined],
    ['a limit buy at its limit', order(10, 'limit', 500), {}, undefined],
    ['a stop buy at its stop', order(6, 'stop_market', 850), {}, '5000'],
    ['no other currency pays', order(1), { cash: 0, foreign: { EUR: 99_999, BTC: 2 } }, '0'],
    ['no rate, nothing affordable', order(1), { rates: { USD: 0, BTC: 0 } }, '0'],
  ])('%s', (_, asked, given, limit) => {
    const portfolio = pair({ foreign: { BTC: 2 }, ...given })
    expect(judgeBuyingPower(asked, portfolio, free)?.limit).toBe(limit)
  })

  test('a limit buy needs its fee as well', () => {
    const refusal = judgeBuyingPower(order(10, 'limit', 500), pair({}), { fee: decimal(1), feeOf: noFee })
    expect(refusal?.limit).toBe('4999')
  })

  test('buying power in a direction is in coins', () => {
    const portfolio = pair({ foreign: { BTC: 2 } })
    expect([text(cashBuyingPower(spotCrypto, 1, portfolio)), text(cashBuyingPower(spotCrypto, -1, portfolio))]).toEqual(
      ['6.25', '2'],
    )
    expect(text(cashBuyingPower(spotCrypto, 1, pair({}, marketAt(0))))).toBe('0')
  })
})

describe('a margin call at leverage 2, long 200 at 10', () => {
  const held = (cash: number) =>
    portfolioOf({ cash: cash + 2000, fills: [fillOf(200, 10)], markets: spy(10), buyingPower: leverage(2) })
  const call = (cash: number) => {
    const { isWarning, orders } = callMargin(held(cash), () => noFee)
    return { isWarning, orders: orders.map(({ quantity }) => text(quantity)) }
  }
  test.each([
    [0, { isWarning: false, orders: [] }],
    [-947, { isWarning: false, orders: [] }],
    [-950, { isWarning: true, orders: [] }],
    [-1050, { isWarning: false, orders: [] }],
    // Used 1000, value 800: 200 of margin are 40 shares at a margin of 5.
    [-1200, { isWarning: true, orders: ['-40'] }],
  ])('with cash of %d', (cash, expected) => expect(call(cash)).toEqual(expected))

  test('a currency without a rate gives no order', () => {
    const portfolio = { ...held(-1200), rateOf: (currency: string) => decimal(currency === 'USD' ? 1 : 0) }
    const foreign = { ...portfolio, securityOf: () => ({ ...equity, quoteCurrency: 'EUR' }) }
    expect(callMargin(foreign, () => noFee).orders).toEqual([])
  })

  test('the biggest loss is sold first', () => {
    const other = { ...equity, id: 'QQQ.XNAS' }
    const portfolio = portfolioOf({
      cash: 2200,
      fills: [fillOf(100, 10), fillOf(200, 15, { instrument: other.id })],
      securities: [equity, other],
      markets: { [equity.id]: marketAt(10), [other.id]: marketAt(10) },
      buyingPower: leverage(2),
    })
    expect(callMargin(portfolio, () => noFee).orders.map(({ instrument }) => instrument)).toEqual([other.id, equity.id])
  })
})
