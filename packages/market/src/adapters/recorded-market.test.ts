import { expect, test } from 'vitest'
import { describeMarketData } from '../testing/describe-market-data.ts'
import { barColumnsOf } from '../bars/bar-columns.ts'
import { defineInstrument } from '../instruments/instrument.ts'
import { createCsvMarket, createRecordedMarket } from './recorded-market.ts'

const hourMs = 3_600_000
const startMs = Date.UTC(2024, 0, 1)
const bars = Array.from({ length: 80 }, (_, hour) => ({
  openTimeMs: startMs + hour * hourMs,
  open: 100 + hour,
  high: 103 + hour,
  low: 99 + hour,
  close: 101 + hour,
  volume: hour,
}))
const content = `ts,open,high,low,close,volume\n${bars
  .map((bar) => [new Date(bar.openTimeMs).toISOString(), bar.open, bar.high, bar.low, bar.close, bar.volume].join(','))
  .join('\n')}\n`
const range = { intervalMs: hourMs, missingIntervalMs: 60_000, fromMs: startMs + hourMs, toMs: startMs + 75 * hourMs }

describeMarketData('recorded bars', () => {
  const instrument = defineInstrument('BTC-USD.SIM')
  const columns = barColumnsOf({ instrument: instrument.id, intervalMs: hourMs }, bars)
  return { market: createRecordedMarket([{ instrument, columns }]), instrument: instrument.id, ...range }
})

describeMarketData('CSV files', () => {
  const market = createCsvMarket([{ instrument: 'BTC-USD.SIM', name: 'bars.csv', content }])
  return { market, instrument: 'BTC-USD.SIM', ...range }
})

test('the stream of a recording ends with it', async () => {
  const market = createCsvMarket([{ instrument: 'BTC-USD.SIM', name: 'bars.csv', content }])
  const seen: number[] = []
  for await (const bar of market.stream({ instrument: 'BTC-USD.SIM', intervalMs: hourMs, fromMs: 0 }, {}))
    seen.push(bar.volume)
  expect(seen).toEqual(bars.map((bar) => bar.volume))
})

test('one instrument may be recorded in several intervals', async () => {
  const instrument = defineInstrument('BTC-USD.SIM')
  const columns = (intervalMs: number) => barColumnsOf({ instrument: instrument.id, intervalMs }, bars.slice(0, 1))
  const market = createRecordedMarket(
    [hourMs, 60_000].map((intervalMs) => ({ instrument, columns: columns(intervalMs) })),
  )
  for (const intervalMs of [hourMs, 60_000]) {
    const request = { instrument: instrument.id, intervalMs, fromMs: 0, toMs: startMs + hourMs }
    expect((await market.history(request, {})).intervalMs).toBe(intervalMs)
  }
})
