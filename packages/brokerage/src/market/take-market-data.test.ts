import { decimal, decimalText } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import type { SecurityClass } from '../model/security.ts'
import { minuteMs, mondayMs, quoteBar, sessionHours, tradeBar, tradeFeed } from '../testing/samples.ts'
import { emptyMarket, takeMarketData, type MarketDatum } from './take-market-data.ts'

const trade = (close: number, endMs = mondayMs): MarketDatum => ({
  kind: 'trade-bar',
  bar: tradeBar([close, close, close, close], endMs - minuteMs, endMs),
})
const quote = (bid: number, ask: number, endMs = mondayMs): MarketDatum => ({
  kind: 'quote-bar',
  bar: quoteBar([bid, bid, bid, bid], [ask, ask, ask, ask], endMs - minuteMs, endMs),
})
const ticks = (...list: ({ price: number } | { bid: number; ask: number })[]): MarketDatum => ({
  kind: 'ticks',
  ticks: list.map((tick) =>
    'price' in tick
      ? { kind: 'trade', price: decimal(tick.price), size: decimal(1), atMs: mondayMs }
      : {
          kind: 'quote',
          bid: decimal(tick.bid),
          ask: decimal(tick.ask),
          bidSize: decimal(1),
          askSize: decimal(1),
          atMs: mondayMs,
        },
  ),
})
const value: MarketDatum = { kind: 'value', value: { value: decimal(7), atMs: mondayMs } }

function after(assetClass: SecurityClass, ...data: readonly MarketDatum[]) {
  const market = data.reduce(
    (seen, datum) => takeMarketData(seen, datum, assetClass),
    emptyMarket([tradeFeed], sessionHours),
  )
  return [market.price, market.bid, market.ask].map(decimalText)
}

describe('price, bid and ask', () => {
  test.each<[string, SecurityClass, readonly MarketDatum[], readonly string[]]>([
    ['nothing before the first data', 'equity', [], ['0', '0', '0']],
    ['a trade stands for all without quotes', 'equity', [trade(10)], ['10', '10', '10']],
    ['of equities quotes set no price', 'equity', [trade(10), quote(11, 13)], ['10', '11', '13']],
    ['of others they do', 'forex', [trade(10), quote(11, 13)], ['12', '11', '13']],
    [
      'of others a quote bar wins over a trade bar of the same end',
      'crypto',
      [quote(11, 13), trade(10)],
      ['12', '11', '13'],
    ],
    [
      'a newer trade bar sets the price and leaves the quotes',
      'crypto',
      [quote(11, 13), trade(10, mondayMs + 1)],
      ['10', '11', '13'],
    ],
    ['an older quote bar sets no price', 'crypto', [trade(10, mondayMs + 1), quote(11, 13)], ['10', '11', '13']],
    ['a missing side keeps the last one', 'forex', [quote(11, 13), quote(12, 0, mondayMs + 1)], ['12', '12', '13']],
    ['ticks count in order', 'crypto', [ticks({ bid: 1, ask: 3 }, { price: 5 })], ['5', '1', '3']],
    ['a quote tick of others sets the price', 'crypto', [ticks({ price: 5 }, { bid: 1, ask: 3 })], ['2', '1', '3']],
    ['of equities it does not', 'equity', [ticks({ price: 5 }, { bid: 1, ask: 3 })], ['5', '1', '3']],
    ['a bare value is a price', 'base', [value], ['7', '7', '7']],
  ])('%s', (_, assetClass, data, expected) => expect(after(assetClass, ...data)).toEqual(expected))

  test('a bar that only fills a gap changes nothing at all', () => {
    const market = takeMarketData(emptyMarket([tradeFeed], sessionHours), trade(10), 'equity')
    const repeated = trade(10, mondayMs + minuteMs)
    if (repeated.kind !== 'trade-bar') throw new Error('no bar')
    expect(takeMarketData(market, { ...repeated, isFillForward: true }, 'equity')).toBe(market)
  })
})
