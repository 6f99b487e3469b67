import { decimal } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { textOf } from '../fees/fee-model-text.ts'
import type { ProfileHook } from '../model/broker-profile.ts'
import { securityNamed } from '../testing/broker-scene.ts'
import { brokerProfile } from './broker-profile-of.ts'
import { describeProfile } from './describe-profile.ts'
import { modelsOf } from './models-of.ts'
import { readProfileConfig } from './profile-config.ts'

const equity = securityNamed('SPY', 'usa', 'equity')

test('a configuration that names a broker alone is its profile', () => {
  expect(describeProfile(readProfileConfig({ profile: 'kraken' }))).toEqual(describeProfile(brokerProfile('kraken')))
})

test('a configuration replaces parts of all classes, of a class and of an instrument, and names the hook', () => {
  const hook: ProfileHook = {
    name: 'house-rules',
    chooseModels: (security, models) =>
      security.ticker === 'GME' ? { ...models, interest: { kind: 'short-interest' } } : models,
  }
  const config = {
    profile: 'default-margin',
    accountType: 'margin',
    requiredFreeFraction: '0.05',
    fees: 'schwab',
    classes: {
      equity: {
        slippage: { kind: 'bps', bps: '5' },
        buyingPower: { kind: 'leverage', leverage: '4', unaffordable: 'reduce' },
        fill: { kind: 'equity', maxVolumeFraction: '0.1' },
      },
    },
    instruments: { 'SPY.USA': { fees: { kind: 'per-unit', charges: ['0.005'], currency: 'USD', minimum: '1' } } },
    hook: 'house-rules',
  }
  const profile = readProfileConfig(JSON.parse(JSON.stringify(config)), [hook])
  expect([profile.requiredFreeFraction, profile.hook]).toEqual([decimal('0.05'), hook])
  const models = modelsOf(profile, equity)
  expect(textOf(models.fees)).toBe('{kind: per-unit, charges: [0.005], currency: USD, minimum: 1}')
  expect(textOf(models.slippage)).toBe('{kind: bps, bps: 5}')
  expect(textOf(models.buyingPower)).toBe('{kind: leverage, leverage: 4, unaffordable: reduce}')
  expect(textOf(models.fill)).toBe('{kind: equity, stalePriceSpanMs: 3600000, maxVolumeFraction: 0.1}')
  expect(modelsOf(profile, securityNamed('GME', 'usa', 'equity')).interest.kind).toBe('short-interest')
  expect(modelsOf(profile, securityNamed('QQQ', 'usa', 'equity')).fees).toMatchObject({ name: 'schwab 2024' })
})

for (const [what, fees, text] of [
  ['nothing', { kind: 'none' }, '{kind: none}'],
  [
    'a constant',
    { kind: 'constant', amount: '1', currency: 'account' },
    '{kind: constant, amount: 1, currency: account}',
  ],
  ['percent', { kind: 'percent', bps: '7.5', minimum: '1' }, '{kind: percent, bps: 7.5, minimum: 1}'],
  [
    'maker and taker',
    { kind: 'maker-taker', maker: '0.001', taker: '0.002', pays: { buy: 'base', sell: 'limit-or-bid' } },
    '{kind: maker-taker, maker: 0.001, taker: 0.002, pays: {buy: base, sell: limit-or-bid}}',
  ],
  [
    'a sum',
    {
      kind: 'composite',
      parts: [
        { kind: 'percent', bps: '1' },
        { kind: 'constant', amount: '1', currency: 'quote' },
      ],
    },
    '{kind: composite, parts: [{kind: percent, bps: 1}, {kind: constant, amount: 1, currency: quote}]}',
  ],
  [
    'tiers',
    {
      kind: 'tiered',
      volume: 'forexUsd',
      tiers: [{ upTo: '10', schedule: { kind: 'none' } }, { schedule: { kind: 'percent', bps: '1' } }],
    },
    '{kind: tiered, volume: forexUsd, tiers: [{upTo: 10, schedule: {kind: none}}, {schedule: {kind: percent, bps: 1}}]}',
  ],
  [
    'a table',
    { kind: 'first-of', name: 'mine', rows: [{ tickers: ['SPY', '7203'], schedule: { kind: 'none' } }] },
    '{kind: first-of, name: mine, rows: [{tickers: [SPY, 7203], schedule: {kind: none}}]}',
  ],
] as const) {
  test(`fees as ${what} are read: ${text}`, () => {
    expect(textOf(modelsOf(readProfileConfig({ profile: 'default-margin', fees }), equity).fees)).toBe(text)
  })
}

for (const [what, config, path] of [
  ['no object', 'kraken', '/'],
  ['no profile', {}, '/profile'],
  ['an unknown member', { profile: 'kraken', acountType: 'cash' }, '/acountType'],
  ['an unknown account type', { profile: 'kraken', accountType: 'credit' }, '/accountType'],
  ['a number that is not text', { profile: 'kraken', requiredFreeFraction: 0.1 }, '/requiredFreeFraction'],
  ['an unknown class', { profile: 'kraken', classes: { stocks: {} } }, '/classes/stocks'],
  ['an unknown part', { profile: 'kraken', classes: { crypto: { fee: 'binance' } } }, '/classes/crypto/fee'],
  ['an unknown fee', { profile: 'kraken', fees: 'krakenn' }, '/fees'],
  ['a negative rate', { profile: 'kraken', fees: { kind: 'percent', bps: '-1' } }, '/fees'],
  [
    'a rate above 1',
    { profile: 'kraken', fees: { kind: 'maker-taker', maker: '0', taker: '2', pays: 'contract' } },
    '/fees',
  ],
] as const) {
  test(`${what} is refused at ${path}`, () => {
    expect(() => readProfileConfig(config)).toThrow(
      expect.objectContaining({
        code: 'E_INVALID_CONFIG',
        errors: expect.arrayContaining([expect.objectContaining({ path }) as object]) as object,
      }),
    )
  })
}

test('a hook that is not given is refused with those that are', () => {
  const config = { profile: 'kraken', hook: 'mine' }
  expect(() => readProfileConfig(config)).toThrow(`broker profile: /hook 'mine' is not known; no hook is given`)
  expect(() => readProfileConfig(config, [{ name: 'yours' }])).toThrow('known are yours')
})

test('what the profile refuses, its configuration refuses', () => {
  const config = { profile: 'coinbase', accountType: 'margin' }
  expect(() => readProfileConfig(config)).toThrow(expect.objectContaining({ code: 'E_INVALID_PARAMETER' }))
})
