import type { Operand, Series, Timing } from '../../graph/node-spec.ts'
import { seriesOver } from '../../graph/series.ts'
import * as kernels from './crossing-kernels.ts'

/**
 * 1 on the bar where `a` is above `b` and was not on the bar before, -1 where it is below and was not, else 0. `NaN` where
 * either has no value on one of the two bars.
 */
export function crossover<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.crossover, a, b)
}

/** 1 on the bar where `a` is above `b` and was not on the bar before, else 0. Values as in `crossover`. */
export function crossAbove<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.crossAbove, a, b)
}

/** 1 on the bar where `a` is below `b` and was not on the bar before, else 0. Values as in `crossover`. */
export function crossBelow<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.crossBelow, a, b)
}
