import { decimalText } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { findInstrument } from './find-instrument.ts'
import { defineInstrument, splitInstrumentId } from './instrument.ts'

for (const [id, symbol, venue] of [
  ['BTC-USD.SIM', 'BTC-USD', 'SIM'],
  ['BRK.B.XNYS', 'BRK.B', 'XNYS'],
] as const) {
  test(`${id} is ${symbol} at ${venue}`, () => expect(splitInstrumentId(id)).toEqual({ symbol, venue }))
}

for (const id of ['', 'BTC', '.SIM', 'BTC.', 'BTC USD.SIM']) {
  test(`'${id}' is not an instrument id`, () => expect(() => splitInstrumentId(id)).toThrow('is not an instrument id'))
}

test('an instrument of which only the id is known trades around the clock in fine steps', () => {
  const { quoteCurrency, calendar, lotSize, multiplier } = defineInstrument('BTC-EUR.COINBASE')
  expect([quoteCurrency, calendar, decimalText(lotSize), decimalText(multiplier)]).toEqual([
    'EUR',
    '24/7',
    '0.00000001',
    '1',
  ])
  expect(defineInstrument('ACME.SIM').quoteCurrency).toBe('USD')
})

test('terms replace what the id does not say', () => {
  expect(defineInstrument('ACME.SIM', { assetClass: 'equity', calendar: 'sim-sessions' })).toMatchObject({
    id: 'ACME.SIM',
    symbol: 'ACME',
    assetClass: 'equity',
    calendar: 'sim-sessions',
  })
})

test('a misspelt instrument is refused with the nearest one', () => {
  const known = ['BTC-USD.SIM', 'ACME.SIM'].map((id) => defineInstrument(id))
  expect(findInstrument(known, 'ACME.SIM').id).toBe('ACME.SIM')
  expect(() => findInstrument(known, 'BTC-UDS.SIM')).toThrow(`no instrument 'BTC-UDS.SIM'; did you mean 'BTC-USD.SIM'?`)
})
