/** Rounding leaves equal values a spread of this size relative to their mean: it is none. */
export const noiseShare = 1e-12

/** Sums and moments of a column of returns. Without a value every member but `count` is 0. */
export interface Distribution {
  readonly count: number
  readonly mean: number
  /** Sample standard deviation, 0 where the values do not vary or there is but one. */
  readonly deviation: number
  /** Third central moment ÷ variance^1.5, population moments; 0 where the values do not vary. */
  readonly skew: number
  /** Fourth central moment ÷ variance², population moments, 3 for a normal distribution; 3 where the values do not vary. */
  readonly kurtosis: number
  readonly smallest: number
  readonly largest: number
  /** Sum of the values above 0, and absolute sum of those below. */
  readonly gains: number
  readonly losses: number
  /** √(mean of min(value, 0)² over all values). */
  readonly downside: number
  /** How many values are above 0. */
  readonly positives: number
}

/** Measures a column in two passes: what needs no mean, then the central moments. */
export function distributionOf(values: Float64Array): Distribution {
  const sums = sumsOf(values)
  return { ...sums, ...momentsOf(values, sums.mean) }
}

function sumsOf(values: Float64Array): Omit<Distribution, 'deviation' | 'skew' | 'kurtosis'> {
  let total = 0
  let gains = 0
  let losses = 0
  let squaredLosses = 0
  let positives = 0
  let smallest = values[0] ?? 0
  let largest = smallest
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!
    total += value
    if (value > 0) {
      gains += value
      positives++
    } else {
      losses -= value
      squaredLosses += value * value
    }
    if (value < smallest) smallest = value
    if (value > largest) largest = value
  }
  const count = values.length
  const size = Math.max(1, count)
  return {
    count,
    mean: total / size,
    gains,
    losses,
    downside: Math.sqrt(squaredLosses / size),
    positives,
    smallest,
    largest,
  }
}

function momentsOf(values: Float64Array, mean: number): Pick<Distribution, 'deviation' | 'skew' | 'kurtosis'> {
  const count = values.length
  let second = 0
  let third = 0
  let fourth = 0
  for (let index = 0; index < count; index++) {
    const away = values[index]! - mean
    const square = away * away
    second += square
    third += square * away
    fourth += square * square
  }
  const deviation = count < 2 ? 0 : Math.sqrt(second / (count - 1))
  if (deviation <= noiseShare * Math.abs(mean)) return { deviation: 0, skew: 0, kurtosis: 3 }
  const variance = second / count
  return { deviation, skew: third / count / variance ** 1.5, kurtosis: fourth / count / variance ** 2 }
}
