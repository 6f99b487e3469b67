import { parseInstant, type ActivationState } from '@qmtl/contracts'

/** Share, 0 to 1, of a position target that a world lets a strategy trade. */
export type WeightOf = (target: number) => number

/**
 * The weights of a strategy by the side that a target is on. A side without an entry takes that of the other, so that a
 * flip closes what is held; a strategy without any is planned whole, and no gate lets its orders through.
 */
export function weightsOf(activation: ActivationState | undefined, strategyId: string): WeightOf {
  const { long, short } = activation?.state[strategyId] ?? {}
  return (target) => (target < 0 ? (short ?? long) : (long ?? short))?.weight ?? 1
}

/** When a strategy's entries were written last, epoch milliseconds; nothing without one. */
export function lastWeightChangeMs(activation: ActivationState | undefined, strategyId: string): number | undefined {
  const written = Object.values(activation?.state[strategyId] ?? {}).map(({ ts }) => parseInstant(ts))
  return written.length === 0 ? undefined : Math.max(...written)
}
