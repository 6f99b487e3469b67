import { decimal, decimalText, type Decimal } from '@qmtl/contracts'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { knownSymbols } from './known-symbols.ts'
import { readSymbolTable } from './read-symbol-table.ts'
import { securityFrom, symbolProperties, type SymbolProperties, type SymbolTable } from './symbol-table.ts'

const header =
  'market,symbol,class,quote_currency,contract_multiplier,tick,lot_size,minimum_order_size,price_magnifier,description'
const csv = [
  header,
  'usa,[*],option,USD,100,0.01,1,,1,',
  'usa,NQX,option,USD,100,0.05,1,,1,Reduced, and more',
  'binance,BTCUSDT,crypto,USDT,1,0.01,0.00001,5,,BTCUSDT',
  '',
].join('\r\n')
const table = readSymbolTable(csv)

const textsOf = (row: SymbolProperties): string =>
  [row.quoteCurrency, ...[row.multiplier, row.tickSize, row.lotSize].map(decimalText)].join(' ')

for (const [what, key, expected] of [
  ['its own row', { market: 'usa', symbol: 'NQX', assetClass: 'option' }, 'USD 100 0.05 1'],
  ['the row of all', { market: 'usa', symbol: 'SPY', assetClass: 'option' }, 'USD 100 0.01 1'],
  ['the default, of another class', { market: 'usa', symbol: 'NQX', assetClass: 'equity' }, 'EUR 1 0.01 1'],
  ['the default, of another market', { market: 'india', symbol: 'NQX', assetClass: 'option' }, 'EUR 1 0.01 1'],
] as const) {
  test(`an instrument has ${what}: ${expected}`, () => {
    const row = symbolProperties(table, key, 'EUR')
    expect(textsOf(row)).toBe(expected)
    expect([row.symbol, row.marketTicker]).toEqual([key.symbol, key.symbol])
    expect(row.minimumOrderSize).toBeUndefined()
  })
}

test('a row keeps its minimum, has a magnifier of 1 where it names none, and a description with commas', () => {
  const row = symbolProperties(table, { market: 'binance', symbol: 'BTCUSDT', assetClass: 'crypto' }, 'USD')
  expect([row.minimumOrderSize, row.priceMagnifier]).toEqual([decimal(5), decimal(1)])
  const option = symbolProperties(table, { market: 'usa', symbol: 'NQX', assetClass: 'option' }, 'USD')
  expect(option.description).toBe('Reduced, and more')
})

test('an instrument is made of its name and the terms of the table', () => {
  const naming = { market: 'binance', symbol: 'BTCUSDT', assetClass: 'crypto' } as const
  expect(securityFrom(table, naming, 'USD')).toEqual({
    id: 'BTCUSDT.BINANCE',
    symbol: 'BTCUSDT',
    venue: 'BINANCE',
    assetClass: 'crypto',
    market: 'binance',
    ticker: 'BTCUSDT',
    quoteCurrency: 'USDT',
    baseCurrency: 'BTC',
    tickSize: decimal('0.01'),
    lotSize: decimal('0.00001'),
    multiplier: decimal(1),
    minimumOrderSize: decimal(5),
    calendar: '24/7',
  })
  const option = { market: 'usa', symbol: 'SPYUSD', assetClass: 'option', calendar: 'XCBO-OWN', venue: 'XCBO' } as const
  expect(securityFrom(table, option, 'USD')).toMatchObject({
    id: 'SPYUSD.XCBO',
    multiplier: decimal(100),
    calendar: 'XCBO-OWN',
  })
  expect(securityFrom(table, option, 'USD')).not.toHaveProperty('baseCurrency')
})

test('every bad cell of a table is named with its line and column', () => {
  const bad = [header, 'usa,A,stock,USD,1,0,1,,1,', 'usa,,equity,USD,x,0.01,-1,0,1,'].join('\n')
  expect(() => readSymbolTable(bad, 'file.csv')).toThrow(
    expect.objectContaining({
      code: 'E_INVALID_DATA',
      errors: ['2:class', '2:tick', '3:symbol', '3:contract_multiplier', '3:lot_size', '3:minimum_order_size'].map(
        (place) => expect.objectContaining({ path: `file.csv:${place}` }) as object,
      ),
    }),
  )
})

test('a file of another kind is refused', () => {
  expect(() => readSymbolTable('ts,open\n', 'bars.csv')).toThrow(
    expect.objectContaining({ message: `bars.csv:1: 'ts,open' is not the header of a table of symbols` }),
  )
})

// Terms of more than a thousand instruments as another engine keeps them; the file is not part of the repository.
const path = fileURLToPath(new URL('../../../../../shared/data/lean/symbol-properties.csv', import.meta.url))
const isThere = existsSync(path)
const recorded: SymbolTable = isThere ? readSymbolTable(readFileSync(path, 'utf8')) : new Map()

test.skipIf(!isThere && !process.env['CI'])(
  'the file shared/data/lean/symbol-properties.csv is there, as it must be in CI',
  () => expect(isThere).toBe(true),
)

describe.skipIf(!isThere)('symbol-properties.csv (skipped: no folder shared/data/lean beside the repository)', () => {
  test('all of its 1073 rows are read', () => expect(recorded.size).toBe(1073))

  for (const [key, known] of knownSymbols) {
    test(`${key} is known with the terms of the file`, () => {
      const row = recorded.get(key)
      expect(row && textsOf(row)).toBe(textsOf(known))
    })
  }

  for (const [market, symbol, assetClass, expected, minimum] of [
    ['usa', 'AAPL', 'equity', 'USD 1 0.01 1', undefined],
    ['usa', 'AAPL', 'option', 'USD 100 0.01 1', undefined],
    ['usa', 'SPX', 'indexOption', 'USD 100 0.05 1', undefined],
    ['usa', 'RUT', 'index', 'USD 1 0.001 1', undefined],
    ['krx', 'KM', 'future', 'KRW 250000 0.05 1', undefined],
    ['coinbase', 'BTCUSD', 'crypto', 'USD 1 0.01 0.00000001', '0.00000001'],
    ['binance', 'BTCUSDT', 'crypto', 'USDT 1 0.01 0.00001', '5'],
    ['binance', 'BTCUSD', 'cryptoFuture', 'USD 100 0.1 1', undefined],
    ['kraken', 'BTCUSD', 'crypto', 'USD 1 0.1 0.00000001', '0.00005'],
    ['bybit', 'BTCUSDT', 'crypto', 'USDT 1 0.1 0.000001', '0.000011'],
  ] as const) {
    test(`${symbol} at ${market} is ${expected} with a minimum of ${minimum ?? 'nothing'}`, () => {
      const row = symbolProperties(recorded, { market, symbol, assetClass }, 'USD')
      const least: Decimal | undefined = row.minimumOrderSize
      expect(textsOf(row)).toBe(expected)
      expect(least && decimalText(least)).toBe(minimum)
    })
  }
})
