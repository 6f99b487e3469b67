import { nextNormal, nextUniform, type RandomState } from './counter-random.ts'

/** A state of the common factor: what an hour in it looks like, how long it lasts and what follows. */
interface Regime {
  readonly name: 'rally' | 'chop' | 'decline' | 'crash'
  /** Mean return of an hour. */
  readonly drift: number
  /** Standard deviation of an hour's return. */
  readonly volatility: number
  /** Mean length; lengths are geometric, so the chain has no memory. */
  readonly meanHours: number
  /** Cumulative probabilities of the next regime, in the order of `regimes`. */
  readonly next: readonly [number, number, number, number]
  /** Factor on traded volume. */
  readonly activity: number
}

/** The Markov chain of the common factor. Rallies are long and calm, crashes short and violent. */
export const regimes: readonly [Regime, Regime, Regime, Regime] = [
  { name: 'rally', drift: 0.00036, volatility: 0.0038, meanHours: 280, next: [0, 0.6, 0.92, 1], activity: 1.1 },
  { name: 'chop', drift: 0, volatility: 0.0028, meanHours: 160, next: [0.55, 0.55, 0.95, 1], activity: 0.8 },
  { name: 'decline', drift: -0.00034, volatility: 0.0045, meanHours: 200, next: [0.4, 0.88, 0.88, 1], activity: 1.2 },
  { name: 'crash', drift: -0.0035, volatility: 0.012, meanHours: 16, next: [0.45, 0.9, 1, 1], activity: 3 },
]

/** Index of the regime in force in the next hour. */
export function nextRegime(current: number, random: RandomState): number {
  const { meanHours, next } = regimes[current]!
  const ends = nextUniform(random) * meanHours < 1
  const choice = nextUniform(random)
  return ends ? next.findIndex((bound) => choice < bound) : current
}

/** The common factor's return in an hour of a regime. */
export function factorReturn(regime: Regime, random: RandomState): number {
  return regime.drift + regime.volatility * nextNormal(random)
}
