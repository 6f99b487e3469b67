import type { benchmarkTable } from '../registry/benchmark-table.ts'
import { distributionOf, noiseShare, type Distribution } from './distribution.ts'
import { figure, missing, tooFew, type Figure } from './figure.ts'
import { deviationError } from './risk-figures.ts'
import { sharpeStandardError } from './sharpe-evidence.ts'

/** Daily returns of a strategy and of its benchmark over the same days. */
export interface BenchmarkInput {
  readonly daily: Float64Array
  /** Of `daily`. */
  readonly days: Distribution
  /** One return for each of `daily`; undefined where no benchmark was given. */
  readonly benchmark: Float64Array | undefined
  readonly yearDays: number
}

export function benchmarkFigures({ daily, days, benchmark, yearDays }: BenchmarkInput): BenchmarkRecord {
  if (benchmark === undefined) return eachOf(missing('no benchmark was given'))
  const few = tooFew(days.count, { least: 2, phrase: 'two days are' })
  if (few) return eachOf(few)
  return {
    ...regressionFigures(regress(daily, days, benchmark), days, yearDays),
    ...activeFigures(daily, days, benchmark, yearDays),
  }
}

type BenchmarkRecord = Record<keyof typeof benchmarkTable, Figure>

function eachOf(absent: Figure): BenchmarkRecord {
  return {
    alpha: absent,
    beta: absent,
    treynor: absent,
    information_ratio: absent,
    tracking_error: absent,
    benchmark_correlation: absent,
  }
}

/** The line strategy = alpha + beta × benchmark by least squares, per day. */
interface Regression {
  readonly alpha: number
  readonly beta: number
  readonly correlation: number
  /** Standard errors; undefined below three days. */
  readonly alphaError: number | undefined
  readonly betaError: number | undefined
  readonly correlationError: number | undefined
}

function regress(daily: Float64Array, days: Distribution, benchmark: Float64Array): Regression | undefined {
  const other = distributionOf(benchmark)
  if (other.deviation === 0) return undefined
  const covariance = days.deviation === 0 ? 0 : covarianceOf(daily, days.mean, benchmark, other.mean)
  const beta = covariance / other.deviation ** 2
  const correlation = days.deviation === 0 ? 0 : clamped(covariance / (days.deviation * other.deviation))
  const free = days.count - 2
  const squares = (days.count - 1) * other.deviation ** 2
  const residual = ((days.count - 1) * days.deviation ** 2 * (1 - correlation ** 2)) / free
  return {
    alpha: days.mean - beta * other.mean,
    beta,
    correlation,
    ...(free < 1
      ? { alphaError: undefined, betaError: undefined, correlationError: undefined }
      : {
          alphaError: Math.sqrt(residual * (1 / days.count + other.mean ** 2 / squares)),
          betaError: Math.sqrt(residual / squares),
          correlationError: Math.sqrt((1 - correlation ** 2) / free),
        }),
  }
}

type RegressionName = 'alpha' | 'beta' | 'treynor' | 'benchmark_correlation'

function regressionFigures(
  line: Regression | undefined,
  days: Distribution,
  yearDays: number,
): Record<RegressionName, Figure> {
  if (line === undefined) {
    const absent = missing('the benchmark does not vary')
    return { alpha: absent, beta: absent, treynor: absent, benchmark_correlation: absent }
  }
  const { alpha, beta, correlation, alphaError, betaError, correlationError } = line
  return {
    alpha: figure(alpha * yearDays, alphaError === undefined ? undefined : alphaError * yearDays),
    beta: figure(beta, betaError),
    treynor: beta === 0 ? missing('beta is 0') : figure((days.mean * yearDays) / beta),
    benchmark_correlation:
      days.deviation === 0 ? missing('the daily returns do not vary') : figure(correlation, correlationError),
  }
}

function activeFigures(
  daily: Float64Array,
  days: Distribution,
  benchmark: Float64Array,
  yearDays: number,
): Record<'information_ratio' | 'tracking_error', Figure> {
  const active = distributionOf(daily.map((value, index) => value - benchmark[index]!))
  const root = Math.sqrt(yearDays)
  if (active.deviation <= noiseShare * days.deviation) {
    return { information_ratio: missing('the active returns do not vary'), tracking_error: figure(0, 0) }
  }
  const sharpe = active.mean / active.deviation
  return {
    information_ratio: figure(sharpe * root, sharpeStandardError({ ...active, sharpe }) * root),
    tracking_error: figure(active.deviation * root, deviationError(active) * root),
  }
}

function covarianceOf(a: Float64Array, meanOfA: number, b: Float64Array, meanOfB: number): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += (a[index]! - meanOfA) * (b[index]! - meanOfB)
  return sum / (a.length - 1)
}

function clamped(correlation: number): number {
  return Math.min(1, Math.max(-1, correlation))
}
