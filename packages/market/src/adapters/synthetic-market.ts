import { QmtlError, formatInterval } from '@qmtl/contracts'
import { barAt, type BarColumns } from '../bars/bar-columns.ts'
import { findInstrument } from '../instruments/find-instrument.ts'
import type { Instrument } from '../instruments/instrument.ts'
import type { MarketData } from '../ports.ts'
import { collectBars, type CollectRequest, type InstrumentWalk } from '../synthetic/collect-bars.ts'
import { createMinuteBridge } from '../synthetic/minute-bridge.ts'
import { createPriceWalk } from '../synthetic/price-walk.ts'
import { syntheticInstruments } from '../synthetic/synthetic-instruments.ts'

export interface SyntheticMarketOptions {
  /** A safe integer; another seed is another market. */
  readonly seed: number
  /** First instant with bars, a UTC midnight; default 2023-01-01T00:00:00Z. */
  readonly startMs?: number
  /** Mean number of outages a year and instrument, each one to four hours without bars; default 0. */
  readonly outagesPerYear?: number
}

/** The synthetic market also says what it holds and where it begins. */
export interface SyntheticMarket extends MarketData {
  readonly instruments: readonly Instrument[]
  readonly startMs: number
}

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000
const defaultStartMs = 1_672_531_200_000
const horizonMs = 36_525 * dayMs
const chunkMs = 7 * dayMs

/**
 * A market made from a seed: correlated instruments under one factor with rallies, chop, declines and crashes; sessions for the
 * equities; prices on ticks. A bar is a pure function of (options, instrument, interval, open time), the same bits on every
 * platform. Intervals are whole minutes that divide a day; each is an exact roll-up of minutes. The future is open for a century.
 * Throws `E_INVALID_PARAMETER` for unusable options.
 */
export function createSyntheticMarket(options: SyntheticMarketOptions): SyntheticMarket {
  const { seed, startMs = defaultStartMs, outagesPerYear = 0 } = options
  checkOptions({ seed, startMs, outagesPerYear })
  const instruments = syntheticInstruments.map((spec) => spec.instrument)
  const walks = new Map<string, InstrumentWalk>(
    syntheticInstruments.map((spec) => [
      spec.instrument.id,
      {
        spec,
        walk: createPriceWalk(spec, { seed, startHour: startMs / hourMs, outagesPerYear }),
        minutesOf: createMinuteBridge(spec.instrument.id, seed),
      },
    ]),
  )

  const barsOf = (id: string, { intervalMs, fromMs, toMs }: CollectRequest): BarColumns => {
    const walk = walks.get(findInstrument(instruments, id).id)
    if (!walk) throw new TypeError(`no walk for ${id}`)
    checkInterval(intervalMs)
    const firstMs = Math.ceil(Math.max(fromMs, startMs) / intervalMs) * intervalMs
    const endMs = Math.floor(Math.min(toMs, startMs + horizonMs) / intervalMs) * intervalMs
    return collectBars(walk, { intervalMs, fromMs: firstMs, toMs: Math.max(firstMs, endMs) })
  }

  return {
    instruments,
    startMs,
    instrument: (id) => findInstrument(instruments, id),
    async history({ instrument, ...range }, { signal }) {
      signal?.throwIfAborted()
      return barsOf(instrument, range)
    },
    async *stream({ instrument, intervalMs, fromMs }, { signal }) {
      findInstrument(instruments, instrument)
      checkInterval(intervalMs)
      const endMs = startMs + horizonMs
      let chunkStartMs = Math.ceil(Math.max(fromMs, startMs) / intervalMs) * intervalMs
      while (chunkStartMs < endMs) {
        const nextMs = (Math.floor(chunkStartMs / chunkMs) + 1) * chunkMs
        const columns = barsOf(instrument, { intervalMs, fromMs: chunkStartMs, toMs: nextMs })
        for (let index = 0; index < columns.length; index++) {
          if (signal?.aborted) return
          yield barAt(columns, index)
        }
        if (signal?.aborted) return
        chunkStartMs = nextMs
      }
    },
  }
}

function checkOptions({ seed, startMs, outagesPerYear }: Required<SyntheticMarketOptions>): void {
  const errors = [
    Number.isSafeInteger(seed) ? [] : [{ path: 'seed', message: `a safe integer is needed, not ${seed}`, value: seed }],
    startMs % dayMs === 0 && startMs >= 0
      ? []
      : [{ path: 'startMs', message: `a UTC midnight from 1970 on is needed, not ${startMs}`, value: startMs }],
    outagesPerYear >= 0 && outagesPerYear <= 365
      ? []
      : [{ path: 'outagesPerYear', message: `0 to 365 are possible, not ${outagesPerYear}`, value: outagesPerYear }],
  ].flat()
  const [first] = errors
  if (first) throw new QmtlError('E_INVALID_PARAMETER', `synthetic market: ${first.path}: ${first.message}`, { errors })
}

function checkInterval(intervalMs: number): void {
  if (intervalMs >= minuteMs && intervalMs % minuteMs === 0 && dayMs % intervalMs === 0) return
  const seen = intervalMs > 0 && intervalMs % 1000 === 0 ? formatInterval(intervalMs) : `${intervalMs} ms`
  throw new QmtlError('E_DATA_INTERVAL', `the synthetic market has no ${seen} bars`, {
    hint: 'use whole minutes that divide a day, such as 1m, 15m, 1h, 4h or 1d',
    details: { interval_ms: intervalMs },
  })
}
