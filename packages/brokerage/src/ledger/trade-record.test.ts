import { decimal, ONE, type Fill } from '@qmtl/contracts'
import { defineInstrument } from '@qmtl/market'
import { expect, test } from 'vitest'
import { applyFill, rebuildBook } from './apply-fill.ts'
import { openBook } from './book.ts'
import { ledgerFillOf } from './ledger-fill.ts'
import { closedTradeRecord, openTradeRecord } from './trade-record.ts'

const instrument = defineInstrument('BTC-USD.SIM')

const sold: Fill = {
  fill_id: 'f1',
  order_id: 'o1',
  client_order_id: 'q0000000',
  world_id: 'w',
  strategy_id: 's',
  instrument: 'BTC-USD.SIM',
  side: 'sell',
  quantity: '1.5',
  price: '110',
  fee: '0.3',
  fee_currency: 'USD',
  liquidity: 'taker',
  sequence: 1,
  venue: 'SIM',
  filled_at: '2024-01-01T01:00:00Z',
  received_at: '2024-01-01T01:00:01Z',
}

const bought = {
  instrument: 'BTC-USD.SIM',
  quantity: decimal('1.5'),
  price: decimal(100),
  multiplier: ONE,
  fee: decimal('0.2'),
  tsMs: Date.parse('2024-01-01T00:00:00Z'),
}

test('a closed trade is written with its profit after the fees of both sides', () => {
  const held = applyFill(openBook(decimal(1000)), bought).book
  const { closed } = applyFill(held, ledgerFillOf(sold, instrument))
  expect(closed && closedTradeRecord(closed)).toEqual({
    instrument: 'BTC-USD.SIM',
    side: 'long',
    quantity: '1.5',
    entry_ts: '2024-01-01T00:00:00Z',
    entry_price: '100',
    exit_ts: '2024-01-01T01:00:00Z',
    exit_price: '110',
    fee: '0.5',
    pnl: '14.5',
  })
})

test('an open trade has no exit and is valued at the given price', () => {
  const [position] = rebuildBook(decimal(1000), [bought]).positions.values()
  const record = position && openTradeRecord(position, decimal(90))
  expect(record).toMatchObject({ fee: '0.2', pnl: '-15.2' })
  expect(record).not.toHaveProperty('exit_ts')
})

test.each([
  ['of another instrument', { instrument: 'ETH-USD.SIM' }, 'ETH-USD.SIM'],
  ['with its fee in another currency than the book', { fee_currency: 'BTC' }, 'BTC'],
])('a fill %s does not enter the book', (_, change, named) => {
  expect(() => ledgerFillOf({ ...sold, ...change }, instrument)).toThrow(named)
})
