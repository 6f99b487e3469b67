import { describe, expect, test } from 'vitest'
import type { Bar, BarColumns } from '../bars/bar-columns.ts'
import { barAt } from '../bars/bar-columns.ts'
import { fingerprintOf } from '../bars/fingerprint.ts'
import type { MarketData } from '../ports.ts'

/** A market under test and a range of it that holds at least 50 bars. */
export interface MarketDataCase {
  readonly market: MarketData
  readonly instrument: string
  readonly intervalMs: number
  /** An interval that the market does not have for the instrument. */
  readonly missingIntervalMs: number
  readonly fromMs: number
  readonly toMs: number
}

/** The contract of `MarketData`, run against every implementation. `create` gives a fresh market each time. */
export function describeMarketData(name: string, create: () => MarketDataCase): void {
  describe(`market data of ${name}`, () => {
    const read = async (range: Partial<Pick<MarketDataCase, 'fromMs' | 'toMs'>> = {}): Promise<BarColumns> => {
      const { market, instrument, intervalMs, fromMs, toMs } = create()
      return market.history({ instrument, intervalMs, fromMs, toMs, ...range }, {})
    }

    test('an instrument is given by its id', () => {
      const { market, instrument } = create()
      expect(market.instrument(instrument).id).toBe(instrument)
    })

    test('an unknown instrument is refused with the known ones', async () => {
      const { market, instrument, intervalMs, fromMs, toMs } = create()
      const refusal = { code: 'E_UNKNOWN_INSTRUMENT' }
      const asked = Promise.resolve().then(() => market.instrument('NONE.NOWHERE'))
      const failure: unknown = await asked.catch((error: unknown) => error)
      expect(failure).toMatchObject(refusal)
      expect(JSON.stringify(failure)).toContain(instrument)
      const history = market.history({ instrument: 'NONE.NOWHERE', intervalMs, fromMs, toMs }, {})
      await expect(history).rejects.toMatchObject(refusal)
      await expect(
        take(market.stream({ instrument: 'NONE.NOWHERE', intervalMs, fromMs }, {}), 1),
      ).rejects.toMatchObject(refusal)
    })

    test('an interval that the market does not have is refused', async () => {
      const { market, instrument, missingIntervalMs: intervalMs, fromMs, toMs } = create()
      const refusal = { code: 'E_DATA_INTERVAL' }
      await expect(market.history({ instrument, intervalMs, fromMs, toMs }, {})).rejects.toMatchObject(refusal)
      await expect(take(market.stream({ instrument, intervalMs, fromMs }, {}), 1)).rejects.toMatchObject(refusal)
    })

    test('bars lie on one grid, ascend, stay inside the range and are sound', async () => {
      const { intervalMs, fromMs, toMs } = create()
      const columns = await read()
      expect(columns.length).toBeGreaterThanOrEqual(50)
      expect(columns.openTimeMs.length).toBe(columns.length)
      for (let index = 0; index < columns.length; index++) {
        const bar = barAt(columns, index)
        expect(bar.openTimeMs).toBeGreaterThanOrEqual(fromMs)
        expect(bar.openTimeMs + intervalMs).toBeLessThanOrEqual(toMs)
        expect((bar.openTimeMs - barAt(columns, 0).openTimeMs) % intervalMs).toBe(0)
        if (index > 0) expect(bar.openTimeMs).toBeGreaterThan(barAt(columns, index - 1).openTimeMs)
        expectSound(bar)
      }
    })

    test('overlapping ranges give equal bars, whichever is asked first', async () => {
      const whole = await read()
      for (const [first, last] of [
        [10, 30],
        [0, 1],
        [whole.length - 1, whole.length - 1],
        [7, whole.length - 1],
      ] as const) {
        const fromMs = barAt(whole, first).openTimeMs
        const toMs = barAt(whole, last).openTimeMs + whole.intervalMs
        const part = await read({ fromMs, toMs })
        expect(barsOf(part)).toEqual(barsOf(whole).slice(first, last + 1))
      }
    })

    test('a bar is left out until it has closed', async () => {
      const whole = await read()
      const lastOpenMs = barAt(whole, whole.length - 1).openTimeMs
      const early = await read({ toMs: lastOpenMs + whole.intervalMs - 1 })
      expect(early.length).toBe(whole.length - 1)
    })

    test('a range that holds no bar is empty', async () => {
      const { fromMs } = create()
      expect((await read({ toMs: fromMs })).length).toBe(0)
      expect((await read({ toMs: fromMs - 1 })).length).toBe(0)
    })

    test('the stream gives the bars of history, from the same start', async () => {
      const { market, instrument, intervalMs } = create()
      const whole = await read()
      for (const start of [0, 13]) {
        const fromMs = barAt(whole, start).openTimeMs - 1
        const streamed = await take(market.stream({ instrument, intervalMs, fromMs }, {}), whole.length - start)
        expect(streamed).toEqual(barsOf(whole).slice(start))
      }
    })

    test('an aborted signal ends the stream and rejects history', async () => {
      const { market, instrument, intervalMs, fromMs, toMs } = create()
      const abort = new AbortController()
      const seen: Bar[] = []
      for await (const bar of market.stream({ instrument, intervalMs, fromMs }, { signal: abort.signal })) {
        seen.push(bar)
        if (seen.length === 3) abort.abort(new Error('stopped by the test'))
      }
      expect(seen).toHaveLength(3)
      const history = market.history({ instrument, intervalMs, fromMs, toMs }, { signal: abort.signal })
      await expect(history).rejects.toThrow('stopped by the test')
    })

    test('reading twice gives one fingerprint', async () => {
      expect(fingerprintOf(await read())).toBe(fingerprintOf(await read()))
    })
  })
}

function barsOf(columns: BarColumns): Bar[] {
  return Array.from({ length: columns.length }, (_, index) => barAt(columns, index))
}

async function take(bars: AsyncIterable<Bar>, count: number): Promise<Bar[]> {
  const taken: Bar[] = []
  for await (const bar of bars) {
    taken.push(bar)
    if (taken.length >= count) break
  }
  return taken
}

function expectSound({ open, high, low, close, volume }: Bar): void {
  expect(low).toBeGreaterThan(0)
  expect(Math.min(open, close)).toBeGreaterThanOrEqual(low)
  expect(Math.max(open, close)).toBeLessThanOrEqual(high)
  expect(volume).toBeGreaterThanOrEqual(0)
}
