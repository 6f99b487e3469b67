import { barColumnsOf, type Bar, type BarColumns } from '@qmtl/market'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { createStreamingEvaluator } from '../evaluate/streaming-evaluator.ts'
import { bars } from '../graph/bars.ts'
import type { Series, Timing } from '../graph/node-spec.ts'

/** The bars that series of tests read. */
export const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })

/** Columns of a bar that a test sets; the others follow `close`, the volume is 1. */
export type TestColumns = Partial<Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', ArrayLike<number>>>>

/** Hourly bars of these values, at least one column given. */
export function barsOf({ close, open, high, low, volume }: TestColumns): BarColumns {
  const main = close ?? open ?? high ?? low ?? volume ?? []
  return barColumnsOf(
    { instrument: price.instrument, intervalMs: price.node.intervalMs },
    Array.from(main, (value, index) => ({
      openTimeMs: index * price.node.intervalMs,
      open: (open ?? main)[index] ?? NaN,
      high: (high ?? main)[index] ?? NaN,
      low: (low ?? main)[index] ?? NaN,
      close: value,
      volume: volume === undefined ? 1 : (volume[index] ?? NaN),
    })),
  )
}

/** The value of a series on each bar. */
export function run(series: Series<Timing>, columns: TestColumns | BarColumns): number[] {
  const data = 'openTimeMs' in columns ? columns : barsOf(columns)
  return Array.from(evaluateColumnar([series.node], [data]).column(series))
}

/** The values of several series on each bar, as one graph that is fed bar by bar. */
export function runStreaming(series: readonly Series<Timing>[], data: BarColumns): readonly Float64Array[] {
  const evaluator = createStreamingEvaluator(series.map(({ node }) => node))
  const columns = series.map(() => new Float64Array(data.length))
  data.openTimeMs.forEach((openTimeMs, index) => {
    const bar: Bar = {
      openTimeMs,
      open: data.open[index]!,
      high: data.high[index]!,
      low: data.low[index]!,
      close: data.close[index]!,
      volume: data.volume[index]!,
    }
    evaluator.advance(openTimeMs + data.intervalMs, [{ instrument: data.instrument, intervalMs: data.intervalMs, bar }])
    series.forEach((each, place) => (columns[place]![index] = evaluator.value(each)))
  })
  return columns
}

/** Bars of a seeded walk with high ≥ open, close ≥ low > 0 and some volumes of 0: the same for the same seed. */
export function walk(length: number, seed = 1): BarColumns {
  let draw = seed
  const random = (): number => {
    draw = (draw * 48_271) % 2_147_483_647
    return draw / 2_147_483_647
  }
  let last = 100
  const walked = Array.from({ length }, (_, index) => {
    const open = last + (random() - 0.5) * 0.4
    const close = Math.max(5, open + (random() - 0.5) * 4)
    last = close
    const high = Math.max(open, close) + random() * 2
    const low = Math.min(open, close) - random() * 2
    return { openTimeMs: index * price.node.intervalMs, open, high, low, close, volume: Math.floor(random() * 1000) }
  })
  return barColumnsOf({ instrument: price.instrument, intervalMs: price.node.intervalMs }, walked)
}
