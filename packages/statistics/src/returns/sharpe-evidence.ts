import { normalCdf, normalQuantile } from './normal-distribution.ts'

/** A Sharpe ratio per period (not annualised) with the shape of the returns behind it. */
export interface SharpeSample {
  readonly sharpe: number
  /** How many returns. */
  readonly count: number
  readonly skew: number
  /** 3 for a normal distribution. */
  readonly kurtosis: number
}

/** Strategies or parameters tried before this one was chosen. */
export interface TrialsTried {
  /** How many, this one included. */
  readonly count: number
  /** Variance of their Sharpe ratios per period. */
  readonly variance: number
}

const eulerGamma = 0.5772156649015329
const confidence = 0.95

/** Asymptotic variance of √n × Sharpe ratio: Mertens (2002); 1 + sharpe² ÷ 2 for normal returns, Lo (2002). Never below 0. */
function asymptoticVariance({ sharpe, skew, kurtosis }: SharpeSample): number {
  return Math.max(0, 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2)
}

/** Standard error of a Sharpe ratio per period. */
export function sharpeStandardError(sample: SharpeSample): number {
  return Math.sqrt(asymptoticVariance(sample) / sample.count)
}

/** Probability that the true ratio is above `threshold`: Bailey and López de Prado (2012). From two returns. */
export function probabilisticSharpe(sample: SharpeSample, threshold: number): number {
  return normalCdf(((sample.sharpe - threshold) * Math.sqrt(sample.count - 1)) / Math.sqrt(asymptoticVariance(sample)))
}

/** The largest Sharpe ratio expected among trials whose true ratio is 0: Bailey and López de Prado (2014); 0 for one trial. */
export function expectedMaximumSharpe({ count, variance }: TrialsTried): number {
  if (count <= 1) return 0
  // Φ⁻¹(1 − p) = −Φ⁻¹(p), and a small p keeps its digits.
  const [first, second] = [-normalQuantile(1 / count), -normalQuantile(1 / (count * Math.E))]
  return Math.sqrt(variance) * ((1 - eulerGamma) * first + eulerGamma * second)
}

/** Probability that the true ratio is above 0 once it is known that the best of several trials was chosen. */
export function deflatedSharpe(sample: SharpeSample, trials: TrialsTried): number {
  return probabilisticSharpe(sample, expectedMaximumSharpe(trials))
}

const quantile95 = normalQuantile(confidence)

/** Returns needed to hold the true ratio above `threshold` with 95 % confidence; infinite for a ratio at or below it. */
export function minimumTrackRecord(sample: SharpeSample, threshold: number): number {
  const above = sample.sharpe - threshold
  return above > 0 ? 1 + asymptoticVariance(sample) * (quantile95 / above) ** 2 : Infinity
}
