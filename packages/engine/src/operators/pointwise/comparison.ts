import type { Operand, Series, Timing } from '../../graph/node-spec.ts'
import { seriesOver } from '../../graph/series.ts'
import * as kernels from './comparison-kernels.ts'

/** The smaller of two values on each bar; over a window it is `lowest`. Both orders are one node. */
export function min<A extends Timing = never, B extends Timing = never>(a: Operand<A>, b: Operand<B>): Series<A | B> {
  return seriesOver<A | B>(kernels.min, a, b)
}

/** The larger of two values on each bar; over a window it is `highest`. Both orders are one node. */
export function max<A extends Timing = never, B extends Timing = never>(a: Operand<A>, b: Operand<B>): Series<A | B> {
  return seriesOver<A | B>(kernels.max, a, b)
}

/** `low` where `x` is below it, `high` where it is above, else `x`; no value where `low` is above `high`. */
export function clip<A extends Timing = never, B extends Timing = never, C extends Timing = never>(
  x: Operand<A>,
  low: Operand<B>,
  high: Operand<C>,
): Series<A | B | C> {
  return seriesOver<A | B | C>(kernels.clip, x, low, high)
}

/** 1 where `a > b`, else 0; no value where either has none, as in all comparisons. */
export function greater<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.greater, a, b)
}

/** 1 where `a ≥ b`, else 0. */
export function greaterOrEqual<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.greaterOrEqual, a, b)
}

/** 1 where `a < b`, else 0. It is the node of `greater(b, a)`. */
export function less<A extends Timing = never, B extends Timing = never>(a: Operand<A>, b: Operand<B>): Series<A | B> {
  return seriesOver<A | B>(kernels.greater, b, a)
}

/** 1 where `a ≤ b`, else 0. It is the node of `greaterOrEqual(b, a)`. */
export function lessOrEqual<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.greaterOrEqual, b, a)
}

/** 1 where both are the same double, else 0. Both orders are one node. */
export function equal<A extends Timing = never, B extends Timing = never>(a: Operand<A>, b: Operand<B>): Series<A | B> {
  return seriesOver<A | B>(kernels.equal, a, b)
}

/** 1 where they differ, else 0. Both orders are one node. */
export function notEqual<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.notEqual, a, b)
}
