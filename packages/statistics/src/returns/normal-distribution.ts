/** Beyond this many deviations a double cannot tell the tail from nothing. */
const farthest = 8.5

/**
 * Standard normal distribution function Φ, within 1e-15. Source: the series of Marsaglia, Evaluating the Normal Distribution,
 * Journal of Statistical Software 11 (2004).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN
  if (Math.abs(x) > farthest) return x > 0 ? 1 : 0
  let sum = x
  let term = x
  for (let divisor = 3, before = 0; sum !== before; divisor += 2) {
    before = sum
    term *= (x * x) / divisor
    sum += term
  }
  return Math.min(1, Math.max(0, 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)))
}

/** Φ⁻¹: the x with Φ(x) = p, by bisection; p within (0, 1). */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  let low = -farthest
  let high = 0
  for (let middle = low / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return high
}
