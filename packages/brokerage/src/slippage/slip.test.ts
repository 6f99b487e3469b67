import { decimal, decimalNumber, decimalText } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import type { MarketView } from '../model/market-view.ts'
import { equity, marketWith, mondayMs, orderOf, quoteBar, quoteFeed, spotCrypto, tradeBar } from '../testing/samples.ts'
import { slippagePerUnit } from './slip.ts'
import type { ImpactParameters, SlippageModel } from './slippage-model.ts'

const trades = marketWith({ tradeBar: tradeBar([100, 102, 98, 100], mondayMs) })
const quotes = marketWith({
  quoteBar: quoteBar([98, 98, 98, 98], [102, 102, 102, 102], mondayMs),
  feeds: [quoteFeed],
  price: decimal(100),
  bid: decimal(98),
  ask: decimal(102),
})
const share: SlippageModel = { kind: 'volume-share', volumeLimit: decimal('0.025'), priceImpact: decimal('0.1') }

function slip(model: SlippageModel, market: MarketView, { quantity = 10, security = equity } = {}): string {
  const order = orderOf('market', quantity)
  return decimalText(slippagePerUnit(model, { order, security, market }, decimal(100)))
}

describe('slippage per unit', () => {
  test.each<[string, SlippageModel, MarketView, string]>([
    ['none', { kind: 'none' }, trades, '0'],
    ['basis points of the price that is slipped', { kind: 'bps', bps: decimal(5) }, trades, '0.05'],
    ['a constant share of the last trade', { kind: 'constant', fraction: decimal('0.001') }, trades, '0.1'],
    ['a constant share of the mid of quotes', { kind: 'constant', fraction: decimal('0.001') }, quotes, '0.1'],
    ['a share of the spread', { kind: 'spread', fraction: decimal('0.5') }, quotes, '2'],
    ['nothing of a spread that trades alone do not have', { kind: 'spread', fraction: decimal('0.5') }, trades, '0'],
    ['the square of the share in volume', share, trades, '0.001'],
  ])('%s', (_, model, market, expected) => expect(slip(model, market)).toBe(expected))

  test.each([
    [20, '0.004'],
    [25, '0.00625'],
    [5000, '0.00625'],
    [-20, '0.004'],
  ])('an order of %d of 1000 traded pays %s, its share bounded by the limit', (quantity, expected) => {
    expect(slip(share, trades, { quantity })).toBe(expected)
  })

  test('on quotes a buy is held against the bid size and a sell against the ask size', () => {
    expect(slip(share, quotes, { quantity: 6 })).toBe('0.004')
    expect(slip(share, quotes, { quantity: -6 })).toBe('0.00144')
  })

  test('without volume crypto pays nothing and an equity the full limit', () => {
    const dry = marketWith({ tradeBar: tradeBar([100, 100, 100, 100], mondayMs, mondayMs + 60_000, 0) })
    expect(slip(share, dry, { security: spotCrypto })).toBe('0')
    expect(slip(share, dry)).toBe('0.00625')
  })

  test.each<SlippageModel>([
    { kind: 'constant', fraction: decimal(1) },
    share,
    { kind: 'spread', fraction: decimal(1) },
  ])('before the first data $kind is zero', (model) => expect(slip(model, marketWith({}))).toBe('0'))
})

describe('market impact', () => {
  const parameters: ImpactParameters = {
    latencyS: 0.075,
    impactTimeS: 1800,
    alpha: 0.891,
    beta: 0.6,
    gamma: 0.314,
    eta: 0.142,
    delta: 0.267,
  }
  const model = (seed: number): SlippageModel => ({ kind: 'market-impact', seed, parameters })
  const daily = { volatility: 0.02, meanVolume: 1_000_000, sessionS: 23_400 }
  const market = { ...trades, daily }

  test('the same order and seed slip the same, another seed otherwise', () => {
    expect(slip(model(1), market)).toBe(slip(model(1), market))
    const seeds = Array.from({ length: 20 }, (_, seed) => slip(model(seed), market))
    expect(new Set(seeds).size).toBeGreaterThan(5)
  })

  test('it is within [0, price] and grows with the order', () => {
    const mean = (quantity: number) => {
      const values = Array.from({ length: 200 }, (_, seed) =>
        decimalNumber(decimal(slip(model(seed), market, { quantity }))),
      )
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...values)).toBeLessThanOrEqual(100)
      return values.reduce((sum, value) => sum + value, 0)
    }
    expect(mean(10_000)).toBeGreaterThan(mean(10))
  })

  test('without volume it is zero, and forex is refused', () => {
    expect(slip(model(1), { ...trades, daily: { ...daily, meanVolume: 0 } })).toBe('0')
    expect(() => slip(model(1), market, { security: { ...equity, assetClass: 'forex' } })).toThrow('forex')
  })
})
