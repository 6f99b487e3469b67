import { decimalNumber } from '@qmtl/contracts'
import type { activityTable } from '../registry/activity-table.ts'
import { dayMs } from '../returns/daily-returns.ts'
import { figure, missing, type Figure } from '../returns/figure.ts'
import { yearMs } from '../returns/growth.ts'
import type { ReturnSeries } from '../returns/return-series.ts'
import { barsOf, firstBarFrom, type PriceBars } from './price-bars.ts'
import type { TradeLedger } from './trade-ledger.ts'

/** What the figures of activity are made of. */
export interface ActivityInput {
  readonly series: ReturnSeries
  /** At each close, 1 at the start. */
  readonly equity: Float64Array
  readonly ledger: TradeLedger
  /** In quote currency; undefined where it was not given. */
  readonly openingEquity: number | undefined
  readonly bars: readonly PriceBars[] | undefined
}

export function activityFigures(input: ActivityInput): Record<keyof typeof activityTable, Figure> {
  return {
    exposure: exposureShare(input),
    turnover: turnover(input),
    fees: figure(decimalNumber(input.ledger.fees)),
    capacity: capacity(input),
  }
}

function endOf({ startMs, closeTimesMs }: ReturnSeries): number {
  return closeTimesMs.length === 0 ? startMs : closeTimesMs[closeTimesMs.length - 1]!
}

/** Share of the span within at least one trade; a trade without exit lasts to the end. */
function exposureShare({ series, ledger }: ActivityInput): Figure {
  const { startMs } = series
  const endMs = endOf(series)
  if (endMs <= startMs) return missing('there are no returns')
  const spans = ledger.all.toSorted((a, b) => a.entryMs - b.entryMs)
  let coveredMs = 0
  let coveredToMs = startMs
  for (const { entryMs, exitMs = endMs } of spans) {
    const toMs = Math.min(endMs, exitMs)
    coveredMs += Math.max(0, toMs - Math.max(entryMs, coveredToMs))
    coveredToMs = Math.max(coveredToMs, toMs)
  }
  return figure(coveredMs / (endMs - startMs))
}

/** Traded value per year over mean equity. */
function turnover({ series, equity, ledger, openingEquity }: ActivityInput): Figure {
  if (equity.length === 0) return missing('there are no returns')
  const elapsedMs = endOf(series) - series.startMs
  if (elapsedMs < dayMs) return missing('the returns cover less than one day')
  if (openingEquity === undefined) return missing('the opening equity was not given')
  let sum = 0
  for (let index = 0; index < equity.length; index++) sum += equity[index]!
  const meanEquity = (openingEquity * sum) / equity.length
  let traded = 0
  for (const { exitMs, quantity, entryPrice, exitPrice } of ledger.all) {
    traded += quantity * (exitMs === undefined ? entryPrice : entryPrice + exitPrice)
  }
  return figure(traded / meanEquity / (elapsedMs / yearMs))
}

/** Share of a bar's volume that a fill may take, and percentile of the fills that keep to it. */
const volumeShare = 0.05
const percentile = 95

/** Equity at which nearly all fills stay within the share of their bar's volume. */
function capacity(input: ActivityInput): Figure {
  const { ledger, openingEquity, bars } = input
  if (openingEquity === undefined) return missing('the opening equity was not given')
  if (bars === undefined) return missing('no bars were given')
  if (ledger.all.length === 0) return missing('nothing was traded')
  const without = reasonAgainst(bars, ledger)
  if (without !== undefined) return missing(without)
  const ascending = fillLoads(bars, input).sort()
  const highest = ascending[Math.ceil((ascending.length * percentile) / 100) - 1]!
  return figure((volumeShare / highest) * openingEquity)
}

/** Why the bars do not say what volume the trades met; undefined where they do. */
function reasonAgainst(bars: readonly PriceBars[], ledger: TradeLedger): string | undefined {
  for (const instrument of new Set(ledger.all.map(({ record }) => record.instrument))) {
    const own = barsOf(instrument, bars)
    if (!own || own.length === 0) return `no bars of ${instrument} were given`
    if (!hasVolume(own)) return 'the bars carry no volume'
  }
  return undefined
}

/** The load of every fill, in no particular order. */
function fillLoads(bars: readonly PriceBars[], input: ActivityInput): Float64Array {
  const loads = new Float64Array(2 * input.ledger.all.length)
  let count = 0
  for (const { record, entryMs, exitMs, quantity } of input.ledger.all) {
    const own = barsOf(record.instrument, bars)!
    loads[count++] = loadOf(quantity, entryMs, own, input)
    if (exitMs !== undefined) loads[count++] = loadOf(quantity, exitMs, own, input)
  }
  return loads.subarray(0, count)
}

function hasVolume({ volume, length }: PriceBars): boolean {
  for (let index = 0; index < length; index++) if (volume[index]! > 0) return true
  return false
}

/** Volume share of a fill per unit of relative equity; infinite where a bar without volume was traded. */
function loadOf(quantity: number, fillMs: number, bars: PriceBars, input: ActivityInput): number {
  const volume = bars.volume[barAt(bars, fillMs)]!
  return volume > 0 ? quantity / volume / equityAt(input, fillMs) : Infinity
}

/** The bar that holds an instant: the last to open at or before it, else the first. */
function barAt(bars: PriceBars, instantMs: number): number {
  const next = firstBarFrom(bars, instantMs)
  const opensThen = next < bars.length && bars.openTimeMs[next] === instantMs
  return opensThen ? next : Math.max(0, next - 1)
}

/** Relative equity at the last close at or before an instant, 1 before the first. */
function equityAt({ series: { closeTimesMs }, equity }: ActivityInput, instantMs: number): number {
  let low = 0
  let high = equity.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (closeTimesMs[middle]! <= instantMs) low = middle + 1
    else high = middle
  }
  return low === 0 ? 1 : equity[low - 1]!
}
