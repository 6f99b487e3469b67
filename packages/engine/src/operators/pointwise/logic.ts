import type { Operand, Series, Timing } from '../../graph/node-spec.ts'
import { seriesOver } from '../../graph/series.ts'
import * as kernels from './logic-kernels.ts'

/** 1 where both are true, else 0; no value where either has none. Every value but 0 is true. Both orders are one node. */
export function and<A extends Timing = never, B extends Timing = never>(a: Operand<A>, b: Operand<B>): Series<A | B> {
  return seriesOver<A | B>(kernels.and, a, b)
}

/** 1 where one of them is true, else 0; no value where either has none. Both orders are one node. */
export function or<A extends Timing = never, B extends Timing = never>(a: Operand<A>, b: Operand<B>): Series<A | B> {
  return seriesOver<A | B>(kernels.or, a, b)
}

/** 1 where the condition is 0, else 0. */
export function not<T extends Timing>(condition: Series<T>): Series<T> {
  return seriesOver(kernels.not, condition)
}

/** `a` where the condition is true, `b` where it is 0; no value where the condition or the one chosen has none. */
export function where<T extends Timing, A extends Timing = never, B extends Timing = never>(
  condition: Series<T>,
  a: Operand<A>,
  b: Operand<B>,
): Series<T | A | B> {
  return seriesOver<T | A | B>(kernels.where, condition, a, b)
}

/** Bars since the condition was last true, 0 on that bar; no value before the first, and anew after a gap. */
export function barsSince<T extends Timing>(condition: Series<T>): Series<T> {
  return seriesOver(kernels.barsSince, condition)
}
