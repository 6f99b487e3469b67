import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barAt, type Bar, type BarColumns } from '../bars/bar-columns.ts'
import { fingerprintOf } from '../bars/fingerprint.ts'
import { describeMarketData } from '../testing/describe-market-data.ts'
import { createSyntheticMarket } from './synthetic-market.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000
const startMs = Date.UTC(2023, 0, 1)
const ids = ['BTC-USD.SIM', 'ETH-USD.SIM', 'SOL-USD.SIM', 'ACME.SIM', 'GLOBEX.SIM'] as const

for (const [instrument, intervalMs] of [
  ['BTC-USD.SIM', hourMs],
  ['BTC-USD.SIM', 5 * minuteMs],
  ['ACME.SIM', hourMs],
] as const) {
  describeMarketData(`the synthetic ${instrument} every ${intervalMs / minuteMs} minutes`, () => ({
    market: createSyntheticMarket({ seed: 7 }),
    instrument,
    intervalMs,
    missingIntervalMs: 7 * minuteMs,
    fromMs: startMs + 40 * dayMs + 1,
    toMs: startMs + 55 * dayMs + 30 * minuteMs,
  }))
}

describe('the synthetic market', () => {
  const read = (seed: number, instrument: string, [intervalMs, fromDay, toDay]: readonly [number, number, number]) =>
    createSyntheticMarket({ seed }).history(
      { instrument, intervalMs, fromMs: startMs + fromDay * dayMs, toMs: startMs + toDay * dayMs },
      {},
    )

  // A changed fingerprint changes the id of every result computed on synthetic bars: change the model only on purpose.
  const golden = [
    ['BTC-USD.SIM', hourMs, 'lake:blake3:d4564a5684bde27d304b1be48af413cbc37c2284de77c9aa123fab0db3a9f280'],
    ['ETH-USD.SIM', hourMs, 'lake:blake3:dc14442b6f7ac1ae0a45c497532f861f4e6695e8edc5bc98558a917af635e603'],
    ['SOL-USD.SIM', hourMs, 'lake:blake3:bbd51a6c0f321888dc659caeaca7605cd3939479142f41ab3ff7ec5fcc01ab66'],
    ['ACME.SIM', hourMs, 'lake:blake3:1c9fc2d714ffab19ff84991a943a17a35d46afb782baa502f4fa1af7885d59c4'],
    ['GLOBEX.SIM', hourMs, 'lake:blake3:c357d2a71c1e2302b06e7cac6260219e09ce37f64bfbbd94eef99177c046072c'],
    ['BTC-USD.SIM', minuteMs, 'lake:blake3:5a97c4f7e1699a267cedda7a928f1b63a3b77379b251e3797d35bcd87664fe01'],
    ['ACME.SIM', dayMs, 'lake:blake3:c1a2a5d8d3fe7a323d7818ea127d070925c7a507c9c65d5f4a6ef6f090dd9f99'],
  ] as const
  for (const [instrument, intervalMs, fingerprint] of golden) {
    test(`days 100 to 160 of ${instrument} every ${intervalMs / minuteMs} minutes keep their fingerprint`, async () => {
      expect(fingerprintOf(await read(1, instrument, [intervalMs, 100, 160]))).toBe(fingerprint)
    })
  }

  test('every longer interval is the exact roll-up of its minutes', async () => {
    for (const id of ids) {
      const minutes = await read(3, id, [minuteMs, 20, 34])
      for (const interval of [5, 15, 45, 60, 240, 1440]) {
        const bars = barsOf(await read(3, id, [interval * minuteMs, 20, 34]))
        expectSameBars(bars, rollUp(barsOf(minutes), interval * minuteMs))
      }
    }
  })

  test('a bar is the same wherever a request starts and whatever was asked before', async () => {
    const market = createSyntheticMarket({ seed: 11, outagesPerYear: 40 })
    const range = fc.record({
      instrument: fc.constantFrom(...ids),
      intervalMs: fc.constantFrom(minuteMs, 30 * minuteMs, hourMs, 4 * hourMs, dayMs),
      fromMs: fc.integer({ min: startMs - dayMs, max: startMs + 400 * dayMs }),
      lengthMs: fc.integer({ min: 0, max: 3 * dayMs }),
    })
    await fc.assert(
      fc.asyncProperty(range, async ({ lengthMs, ...request }) => {
        const asked = { ...request, toMs: request.fromMs + lengthMs }
        const fresh = createSyntheticMarket({ seed: 11, outagesPerYear: 40 })
        expect(fingerprintOf(await market.history(asked, {}))).toBe(fingerprintOf(await fresh.history(asked, {})))
      }),
      { numRuns: 60 },
    )
  })

  test('another seed is another market', async () => {
    const [one, two] = [await read(1, 'BTC-USD.SIM', [hourMs, 0, 30]), await read(2, 'BTC-USD.SIM', [hourMs, 0, 30])]
    expect(fingerprintOf(one)).not.toBe(fingerprintOf(two))
  })

  test('prices are whole ticks written as the nearest double', async () => {
    for (const id of ids) {
      const { tickSize } = createSyntheticMarket({ seed: 1 }).instrument(id)
      const columns = await read(5, id, [15 * minuteMs, 0, 20])
      for (const price of [...columns.open, ...columns.high, ...columns.low, ...columns.close]) {
        expect(Number(price.toFixed(tickSize.scale))).toBe(price)
      }
    }
  })

  test('crypto trades in every hour, an equity only in its sessions', async () => {
    expect((await read(1, 'BTC-USD.SIM', [hourMs, 0, 365])).length).toBe(365 * 24)
    const equity = await read(1, 'ACME.SIM', [30 * minuteMs, 0, 365])
    const days = new Set([...equity.openTimeMs].map((ms) => new Date(ms).toISOString().slice(0, 10)))
    expect(equity.length).toBe(days.size * 13)
    // 260 weekdays less the four holidays that fall on one.
    expect(days.size).toBe(256)
    expect(new Date(barAt(equity, 0).openTimeMs).toISOString()).toBe('2023-01-02T14:30:00.000Z')
  })

  test('instruments move together, the closer the more they share', async () => {
    const returns = async (id: string): Promise<number[]> => returnsOf(await read(9, id, [hourMs, 0, 300]))
    const [btc, eth, sol] = [await returns('BTC-USD.SIM'), await returns('ETH-USD.SIM'), await returns('SOL-USD.SIM')]
    expect(correlation(btc, eth)).toBeGreaterThan(0.6)
    expect(correlation(btc, eth)).toBeLessThan(0.95)
    expect(correlation(btc, sol)).toBeGreaterThan(0.4)
    expect(correlation(btc, eth)).toBeGreaterThan(correlation(btc, sol))
  })

  test('outages leave holes of one to four hours and change no other bar', async () => {
    const request = { instrument: 'BTC-USD.SIM', intervalMs: hourMs, fromMs: startMs, toMs: startMs + 365 * dayMs }
    const whole = barsOf(await createSyntheticMarket({ seed: 4 }).history(request, {}))
    const holed = barsOf(await createSyntheticMarket({ seed: 4, outagesPerYear: 24 }).history(request, {}))
    expect(holed.length).toBeLessThan(whole.length - 24)
    expect(holed.length).toBeGreaterThan(whole.length - 150)
    const byTime = new Map(whole.map((bar) => [bar.openTimeMs, bar]))
    for (const bar of holed) expect(byTime.get(bar.openTimeMs)).toEqual(bar)
  })

  test('a century of prices neither dies nor explodes', async () => {
    const range = { fromMs: startMs, toMs: Date.UTC(2122, 0, 1) }
    const market = createSyntheticMarket({ seed: 1 })
    const { low, high } = await market.history({ instrument: 'SOL-USD.SIM', intervalMs: dayMs, ...range }, {})
    expect(low.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(80 / 1000)
    expect(high.reduce((a, b) => Math.max(a, b))).toBeLessThan(80 * 1000)
  })

  test('nothing lies before the start', async () => {
    const columns = await read(1, 'BTC-USD.SIM', [hourMs, -10, 1])
    expect(columns.length).toBe(24)
    expect(columns.openTimeMs[0]).toBe(startMs)
  })

  test('unusable options are refused together', () => {
    const options = { seed: 1.5, startMs: 5, outagesPerYear: -1 }
    expect(() => createSyntheticMarket(options)).toThrow('seed: a safe integer is needed, not 1.5')
    try {
      createSyntheticMarket(options)
    } catch (error) {
      expect(error).toMatchObject({ code: 'E_INVALID_PARAMETER', errors: { length: 3 } })
    }
  })
})

function barsOf(columns: BarColumns): Bar[] {
  return Array.from({ length: columns.length }, (_, index) => barAt(columns, index))
}

/** The definition of a roll-up, written apart from the market's own. */
function rollUp(bars: readonly Bar[], intervalMs: number): Bar[] {
  const groups = new Map<number, Bar[]>()
  for (const bar of bars) {
    const openTimeMs = Math.floor(bar.openTimeMs / intervalMs) * intervalMs
    groups.set(openTimeMs, [...(groups.get(openTimeMs) ?? []), bar])
  }
  return [...groups].map(([openTimeMs, group]) => ({
    openTimeMs,
    open: group[0]?.open ?? Number.NaN,
    high: Math.max(...group.map((bar) => bar.high)),
    low: Math.min(...group.map((bar) => bar.low)),
    close: group.at(-1)?.close ?? Number.NaN,
    volume: group.reduce((sum, bar) => sum + bar.volume, 0),
  }))
}

function expectSameBars(actual: readonly Bar[], expected: readonly Bar[]): void {
  // Sums of doubles round where sums of lots do not.
  const rounded = (bars: readonly Bar[]) => bars.map((bar) => ({ ...bar, volume: bar.volume.toFixed(5) }))
  expect(rounded(actual)).toEqual(rounded(expected))
}

function returnsOf({ close }: BarColumns): number[] {
  return Array.from(close.subarray(1), (price, index) => price / (close[index] ?? Number.NaN) - 1)
}

function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  const [mx, my] = [mean(xs), mean(ys)]
  const covariance = mean(xs.map((x, index) => (x - mx) * ((ys[index] ?? Number.NaN) - my)))
  return covariance / Math.sqrt(mean(xs.map((x) => (x - mx) ** 2)) * mean(ys.map((y) => (y - my) ** 2)))
}
