import { createSyntheticMarket } from '@qmtl/market'
import { expect, test } from 'vitest'
import { mergeBars, mergeStreams, type BarFeed, type BarSlice } from './merge-bars.ts'

const hourMs = 3_600_000
const startMs = Date.parse('2023-03-01T00:00:00Z')
const market = createSyntheticMarket({ seed: 3, outagesPerYear: 300 })
const feeds: readonly BarFeed[] = [
  { instrument: 'BTC-USD.SIM', intervalMs: hourMs },
  { instrument: 'BTC-USD.SIM', intervalMs: hourMs / 4 },
  { instrument: 'ETH-USD.SIM', intervalMs: hourMs },
]
const untilMs = startMs + 48 * hourMs

async function slices(): Promise<readonly BarSlice[]> {
  const columns = await Promise.all(
    feeds.map((feed) => market.history({ ...feed, fromMs: startMs, toMs: untilMs }, {})),
  )
  return [...mergeBars(columns)]
}

test('every bar leaves once, at its close, in strict order of time', async () => {
  const merged = await slices()
  const times = merged.map(({ closeTimeMs }) => closeTimeMs)
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
  expect(
    merged.every(({ closeTimeMs, bars }) => bars.every((one) => one.bar.openTimeMs + one.intervalMs === closeTimeMs)),
  ).toBe(true)
  const columns = await Promise.all(
    feeds.map((feed) => market.history({ ...feed, fromMs: startMs, toMs: untilMs }, {})),
  )
  const count = columns.reduce((sum, column) => sum + column.length, 0)
  expect(merged.reduce((sum, { bars }) => sum + bars.length, 0)).toBe(count)
})

test('a merged stream gives the slices of the merged history', async () => {
  const expected = await slices()
  const streams = feeds.map((feed) => ({ feed, bars: market.stream({ ...feed, fromMs: startMs }, {}) }))
  const streamed: BarSlice[] = []
  for await (const slice of mergeStreams(streams)) {
    if (slice.closeTimeMs > untilMs) break
    streamed.push(slice)
  }
  expect(streamed).toEqual(expected)
})

test('streams that end one after the other end the merged one', async () => {
  const stop = new AbortController()
  const streams = feeds.map((feed) => ({
    feed,
    bars: market.stream({ ...feed, fromMs: startMs }, { signal: stop.signal }),
  }))
  let seen = 0
  for await (const slice of mergeStreams(streams)) {
    seen += slice.bars.length
    if (seen > 10) stop.abort()
  }
  expect(seen).toBeGreaterThan(10)
})
