import { decimal, decimalText, ZERO } from '@qmtl/contracts'
import { loadCalendar } from '@qmtl/market'
import { expect, test } from 'vitest'
import { perUnit } from '../fees/build-schedule.ts'
import { feeOfOrder } from '../fees/fee-of-order.ts'
import { tradingHoursOf } from '../hours/trading-hours-of.ts'
import type { AccountType } from '../model/account.ts'
import type { SecurityModels } from '../model/broker-profile.ts'
import type { Security, SecurityClass } from '../model/security.ts'
import { judgeSubmit } from '../rules/judge-submit.ts'
import { marketAt, orderOf, pairNamed, ratesOf, securityNamed } from '../testing/broker-scene.ts'
import { textOf } from '../fees/fee-model-text.ts'
import type { BrokerDefinition } from './broker-definition.ts'
import { securityClasses } from '../symbols/security-classes.ts'
import { brokers } from './broker-table.ts'
import { brokerProfile, profileIds, profileOf, type ProfileOptions } from './broker-profile-of.ts'
import { describeProfile } from './describe-profile.ts'
import { modelsOf } from './models-of.ts'

const equity = securityNamed('SPY', 'usa', 'equity')

function securityIn(assetClass: SecurityClass): Security {
  return assetClass === 'crypto' ? pairNamed('BTC', 'USD', 'venue') : securityNamed('X', 'usa', assetClass)
}

/** `leverage 2`, `cash`, or nothing where the class is not traded. */
function buyingPowerIn(id: string, accountType: AccountType, assetClass: SecurityClass): string {
  const profile = brokerProfile(id, { accountType })
  if (!profile.models[assetClass]) return ''
  const { buyingPower } = modelsOf(profile, securityIn(assetClass))
  return 'leverage' in buyingPower ? `${buyingPower.kind} ${decimalText(buyingPower.leverage)}` : buyingPower.kind
}

test('the profiles are those that the field names', () => {
  expect([...profileIds].toSorted()).toEqual([
    'alpaca',
    'binance',
    'binance-futures',
    'binance-us',
    'bitfinex',
    'bybit',
    'coinbase',
    'default-cash',
    'default-margin',
    'interactive-brokers',
    'kraken',
    'schwab',
    'tradier',
  ])
})

for (const [id, offered] of [
  ['default-cash', ['cash']],
  ['default-margin', ['margin']],
  ['interactive-brokers', ['margin', 'cash']],
  ['alpaca', ['margin', 'cash']],
  ['tradier', ['margin', 'cash']],
  ['schwab', ['margin', 'cash']],
  ['binance', ['cash', 'margin']],
  ['binance-us', ['cash']],
  ['binance-futures', ['margin']],
  ['coinbase', ['cash']],
  ['kraken', ['cash', 'margin']],
  ['bitfinex', ['margin', 'cash']],
  ['bybit', ['cash', 'margin']],
] as const) {
  test(`${id} offers ${offered.join(' and ')} accounts, ${offered[0]} by default`, () => {
    expect(brokerProfile(id).accountType).toBe(offered[0])
    for (const accountType of ['cash', 'margin'] as const) {
      const build = () => brokerProfile(id, { accountType })
      if (offered.some((one) => one === accountType)) expect(build().accountType).toBe(accountType)
      else {
        const message = `/accountType ${id} offers ${offered.join(' or ')} accounts alone`
        expect(build).toThrow(expect.objectContaining({ code: 'E_INVALID_PARAMETER', message }))
      }
    }
  })
}

const margin: Readonly<Record<SecurityClass, string>> = {
  equity: 'leverage 2',
  forex: 'leverage 50',
  cfd: 'leverage 50',
  cryptoFuture: 'crypto-future 25',
  crypto: 'leverage 1',
  option: 'option',
  indexOption: 'option',
  future: 'future',
  futureOption: 'future-option',
  index: 'leverage 1',
  base: 'leverage 1',
}
const cash: Readonly<Record<SecurityClass, string>> = {
  ...margin,
  equity: 'leverage 1',
  forex: 'cash',
  cfd: 'leverage 1',
  cryptoFuture: 'crypto-future 1',
  crypto: 'cash',
}

for (const assetClass of securityClasses) {
  test(`by default ${assetClass} has ${margin[assetClass]} in a margin account and ${cash[assetClass]} in a cash account`, () => {
    expect(buyingPowerIn('default-margin', 'margin', assetClass)).toBe(margin[assetClass])
    expect(buyingPowerIn('default-cash', 'cash', assetClass)).toBe(cash[assetClass])
  })
}

for (const [id, accountType, differences] of [
  ['interactive-brokers', 'margin', { cfd: 'leverage 10' }],
  ['interactive-brokers', 'cash', {}],
  ['alpaca', 'margin', {}],
  ['tradier', 'margin', {}],
  ['schwab', 'margin', {}],
  ['binance', 'margin', { crypto: 'leverage 3' }],
  ['binance', 'cash', {}],
  ['binance-us', 'cash', {}],
  ['binance-futures', 'margin', {}],
  ['coinbase', 'cash', {}],
  ['kraken', 'margin', { crypto: 'leverage 5' }],
  ['kraken', 'cash', {}],
  ['bitfinex', 'margin', { crypto: 'leverage 3.3' }],
  ['bybit', 'margin', { crypto: 'leverage 10', cryptoFuture: 'crypto-future 10' }],
  ['bybit', 'cash', {}],
] as const satisfies readonly (readonly [string, AccountType, Partial<Record<SecurityClass, string>>])[]) {
  test(`${id}, ${accountType} account: as by default but for ${JSON.stringify(differences)}`, () => {
    const expected: Readonly<Record<SecurityClass, string>> = {
      ...(accountType === 'cash' ? cash : margin),
      ...differences,
    }
    const traded = brokers.find((broker) => broker.id === id)?.assetClasses ?? []
    for (const assetClass of traded) {
      expect([assetClass, buyingPowerIn(id, accountType, assetClass)]).toEqual([assetClass, expected[assetClass]])
    }
  })
}

test('other asset classes are an error at Bitfinex', () => {
  expect(() => modelsOf(brokerProfile('bitfinex'), equity)).toThrow(
    expect.objectContaining({ code: 'E_INVALID_PARAMETER', message: 'equity SPY.USA is not traded at bitfinex' }),
  )
})

for (const [coins, quotes, leverage] of [
  ['BTC', 'USD EUR', '5'],
  ['USDT', 'USD EUR', '2'],
  ['USDC', 'USD EUR', '3'],
  ['REP XTZ', 'BTC ETH USD EUR', '2'],
  ['ADA EOS TRX LINK', 'BTC ETH USD EUR', '3'],
  ['ETH', 'BTC USD EUR', '5'],
  ['XMR BCH', 'BTC USD EUR', '2'],
  ['XRP LTC DASH', 'BTC USD EUR', '3'],
  ['DOT SOL', '', '1'],
] as const) {
  for (const coin of coins.split(' ')) {
    test(`Kraken lends ${leverage} on ${coin} in ${quotes || 'no currency'} and 1 in others`, () => {
      const profile = brokerProfile('kraken', { accountType: 'margin' })
      for (const quote of ['BTC', 'ETH', 'USD', 'EUR', 'GBP', 'USDT']) {
        const { buyingPower } = modelsOf(profile, pairNamed(coin, quote, 'kraken'))
        const expected = quotes.split(' ').includes(quote) ? leverage : '1'
        expect(buyingPower).toEqual({ kind: 'leverage', leverage: decimal(expected), unaffordable: 'refuse' })
      }
    })
  }
}

for (const [assetClass, fill, inCash, inMargin] of [
  ['equity', 'equity', 'delayed', 'immediate'],
  ['option', 'immediate', 'delayed', 'immediate'],
  ['indexOption', 'immediate', 'immediate', 'immediate'],
  ['index', 'immediate', 'immediate', 'immediate'],
  ['forex', 'immediate', 'immediate', 'immediate'],
  ['cfd', 'immediate', 'immediate', 'immediate'],
  ['crypto', 'immediate', 'immediate', 'immediate'],
  ['cryptoFuture', 'immediate', 'immediate', 'immediate'],
  ['future', 'future', 'future-daily', 'future-daily'],
  ['futureOption', 'future-option', 'future-daily', 'future-daily'],
  ['base', 'immediate', 'immediate', 'immediate'],
] as const) {
  test(`${assetClass} fills by the ${fill} model and settles ${inCash} in a cash and ${inMargin} in a margin account`, () => {
    const [ofCash, ofMargin] = ['default-cash', 'default-margin'].map((id) => brokerProfile(id).models[assetClass])
    expect([ofCash?.fill.kind, ofMargin?.fill.kind]).toEqual([fill, fill])
    expect([ofCash?.settlement.kind, ofMargin?.settlement.kind]).toEqual([inCash, inMargin])
    expect([ofCash?.slippage, ofCash?.shortable]).toEqual([{ kind: 'none' }, { kind: 'unlimited' }])
  })
}

test('delayed cash of equities arrives on the next trading day at 06:00', () => {
  expect(brokerProfile('default-cash').models.equity?.settlement).toEqual({
    kind: 'delayed',
    days: 1,
    timeOfDayMs: 21_600_000,
  })
})

test('perpetual contracts of Binance and Bybit pay funding, nothing else pays interest', () => {
  const paying = brokers.flatMap((broker) =>
    Object.entries(profileOf(broker).models)
      .filter(([, models]) => models.interest.kind !== 'none')
      .map(([assetClass]) => `${broker.id} ${assetClass}`),
  )
  expect(paying).toEqual(['binance cryptoFuture', 'binance-futures cryptoFuture', 'bybit cryptoFuture'])
})

test('a reverse split cancels orders at Tradier alone', () => {
  expect(profileIds.filter((id) => brokerProfile(id).onReverseSplit === 'cancel')).toEqual(['tradier'])
})

const twice: Partial<SecurityModels> = {
  buyingPower: { kind: 'leverage', leverage: decimal(4), unaffordable: 'reduce' },
}
const dear = perUnit('USD', 3)

test('instruments win over classes, classes over fees, and the hook has the last word', () => {
  const profile = brokerProfile('default-margin', {
    fees: dear,
    classes: { equity: twice, forex: { fees: perUnit('USD', 2) } },
    instruments: { 'SPY.USA': { fees: perUnit('USD', 1) } },
    hook: {
      name: 'no-shorts-in-gme',
      chooseModels: (security, models) =>
        security.ticker === 'GME' ? { ...models, shortable: { kind: 'table', rows: new Map() } } : models,
    },
  })
  const seen = (security: Security) => {
    const { fees, buyingPower, shortable } = modelsOf(profile, security)
    return [textOf(fees), textOf(buyingPower), shortable.kind]
  }
  const four = '{kind: leverage, leverage: 4, unaffordable: reduce}'
  const perShare = (amount: number) => `{kind: per-unit, charges: [${amount}], currency: USD}`
  expect(seen(equity)).toEqual([perShare(1), four, 'unlimited'])
  expect(seen(securityNamed('QQQ', 'usa', 'equity'))).toEqual([perShare(3), four, 'unlimited'])
  expect(seen(securityNamed('GME', 'usa', 'equity'))).toEqual([perShare(3), four, 'table'])
  expect(seen(securityNamed('EURUSD', 'oanda', 'forex'))[0]).toBe(perShare(2))
})

test("one's own leverage of a class replaces the leverage of pairs", () => {
  const profile = brokerProfile('kraken', { accountType: 'margin', classes: { crypto: twice } })
  expect(modelsOf(profile, pairNamed('BTC', 'USD', 'kraken')).buyingPower).toEqual(twice.buyingPower)
})

const tooSmall = { kind: 'leverage', leverage: decimal('0.5'), unaffordable: 'refuse' } as const

for (const [what, id, options, errors] of [
  [
    'a free fraction of all',
    'default-margin',
    { requiredFreeFraction: 1 },
    [{ path: '/requiredFreeFraction', value: '1' }],
  ],
  [
    'a negative free fraction',
    'default-margin',
    { requiredFreeFraction: '-0.1' },
    [{ path: '/requiredFreeFraction', value: '-0.1' }],
  ],
  [
    'a leverage below 1',
    'default-margin',
    { classes: { equity: { buyingPower: tooSmall } } },
    [{ path: '/classes/equity/buyingPower', value: '0.5' }],
  ],
  [
    'one of an instrument',
    'default-margin',
    { instruments: { 'SPY.USA': { buyingPower: tooSmall } } },
    [{ path: '/instruments/SPY.USA/buyingPower', value: '0.5' }],
  ],
  [
    'one while the session is closed',
    'default-margin',
    {
      classes: {
        equity: {
          buyingPower: {
            kind: 'pattern-day-trading',
            closedLeverage: decimal('0.9'),
            openLeverage: decimal(4),
            unaffordable: 'refuse',
          },
        },
      },
    },
    [{ path: '/classes/equity/buyingPower', value: '0.9' }],
  ],
  ['a class that is not traded', 'coinbase', { classes: { equity: twice } }, [{ path: '/classes/equity' }]],
  [
    'everything at once',
    'coinbase',
    { accountType: 'margin', requiredFreeFraction: 2, classes: { equity: twice } },
    [
      { path: '/accountType', value: 'margin' },
      { path: '/requiredFreeFraction', value: '2' },
      { path: '/classes/equity' },
    ],
  ],
] as const satisfies readonly (readonly [string, string, ProfileOptions, readonly object[]])[]) {
  test(`${what} is refused where the profile is built`, () => {
    const causes = errors.map((cause) => expect.objectContaining(cause) as object)
    expect(() => brokerProfile(id, options)).toThrow(
      expect.objectContaining({ code: 'E_INVALID_PARAMETER', errors: causes }),
    )
  })
}

test('an unknown profile is refused with the one that was meant', () => {
  expect(() => brokerProfile('krakenn')).toThrow(
    expect.objectContaining({ code: 'E_INVALID_PARAMETER', message: expect.stringContaining('kraken') as string }),
  )
})

test('a profile is read as a table', () => {
  const hook = { name: 'my-hook' }
  const table = describeProfile(brokerProfile('coinbase', { instruments: { 'BTCUSD.COINBASE': { fees: dear } }, hook }))
  expect(table).toEqual({
    id: 'coinbase',
    accountType: 'cash',
    requiredFreeFraction: '0',
    rules: expect.stringMatching(/^coinbase \([0-9a-f]{12}\)$/) as string,
    onReverseSplit: 'adjust',
    hook: 'my-hook',
    rows: [
      {
        of: 'crypto',
        models: {
          fill: 'immediate(stalePriceSpanMs 3600000)',
          slippage: 'none',
          settlement: 'immediate',
          buyingPower: 'cash(unaffordable refuse)',
          interest: 'none',
          shortable: 'unlimited',
          fees: expect.stringMatching(/^coinbase 2022 \(/) as string,
        },
      },
      { of: 'BTCUSD.COINBASE', models: { fees: 'per-unit(charges [3], currency USD)' } },
    ],
  })
})

test('the table of Kraken says which pairs have a leverage of their own', () => {
  const table = describeProfile(brokerProfile('kraken', { accountType: 'margin' }))
  expect(table.pairLeverage?.[0]).toBe('BTC in USD, EUR: 5')
  expect(describeProfile(brokerProfile('kraken')).pairLeverage).toBeUndefined()
})

test('profiles that differ in anything have different tables', () => {
  const rows = (date: string) =>
    new Map([[`SPY.USA ${date}`, { quantity: decimal(1), feeRate: ZERO, rebateRate: ZERO }]])
  const tables = [
    ...profileIds.map((id) => brokerProfile(id)),
    brokerProfile('default-margin', { requiredFreeFraction: '0.1' }),
    brokerProfile('default-margin', { fees: dear }),
    brokerProfile('default-margin', { rules: { kind: 'default' } }),
    brokerProfile('default-margin', {
      classes: { equity: { shortable: { kind: 'table', rows: rows('2024-07-15') } } },
    }),
    brokerProfile('default-margin', {
      classes: { equity: { shortable: { kind: 'table', rows: rows('2024-07-16') } } },
    }),
    brokerProfile('kraken', { accountType: 'margin' }),
    brokerProfile('kraken', {
      accountType: 'margin',
      classes: { crypto: { buyingPower: { kind: 'leverage', leverage: decimal(1), unaffordable: 'refuse' } } },
    }),
  ].map((profile) => JSON.stringify(describeProfile(profile)))
  expect(new Set(tables).size).toBe(tables.length)
})

/** A broker that does not exist, as one would add it: this record in a file of its own, and a row in the table of brokers. */
const invented: BrokerDefinition = {
  id: 'northern-shares',
  title: 'Northern Shares',
  accountTypes: ['margin', 'cash'],
  assetClasses: ['equity', 'option'],
  rules: {
    kind: 'northern-shares',
    assetClasses: ['equity', 'option'],
    orderTypes: [{ types: ['market', 'limit'] }, { types: ['market_on_close'], assetClasses: ['equity'] }],
    timesInForce: ['DAY'],
    checks: [{ kind: 'quantity-range', from: decimal(10), to: decimal(5000) }, { kind: 'minimum-notional' }],
    updates: { orderTypes: ['limit'], keepsQuantity: true },
  },
  fees: { ...perUnit('USD', '0.002', '0.001'), minimum: decimal('0.5') },
  leverage: { equity: '3' },
}

test('an invented broker judges an order and charges it without another line of code', async () => {
  const profile = profileOf([...brokers, invented].find(({ id }) => id === 'northern-shares') ?? invented)
  const security = { ...equity, minimumOrderSize: decimal(1000) }
  const market = marketAt(100, { hours: tradingHoursOf(await loadCalendar('XNYS')) })
  const context = { security, market, positionQuantity: ZERO, nowMs: Date.parse('2024-07-15T15:00:00Z') }
  const day = { timeInForce: 'DAY' } as const
  const codes = [
    orderOf('market', 1000, day),
    orderOf('market', 1000),
    orderOf('stop_market', 1000, { ...day, stopPrice: 90 }),
    orderOf('market', 9, day),
    orderOf('limit', 10, { ...day, limitPrice: 100 }),
    orderOf('limit', -11, { ...day, limitPrice: 100 }),
  ].map((order) => judgeSubmit(profile.rules, { ...context, order })?.code ?? 'accepted')
  expect(codes).toEqual([
    'accepted',
    'NotSupported',
    'NotSupported',
    'IncorrectOrderQuantity',
    'NotSupported',
    'accepted',
  ])
  const { fees, buyingPower, settlement } = modelsOf(profile, security)
  const volumes = { month: '2024-07', optionContracts: ZERO, forexUsd: ZERO }
  const charged = {
    order: orderOf('market', 1000, day),
    security,
    market,
    rateOf: ratesOf({}),
    volumes,
    accountCurrency: 'USD',
  }
  expect(textOf(feeOfOrder(fees, charged))).toBe('{amount: 3, currency: USD}')
  expect([textOf(buyingPower), settlement.kind]).toEqual([
    '{kind: leverage, leverage: 3, unaffordable: refuse}',
    'immediate',
  ])
})
