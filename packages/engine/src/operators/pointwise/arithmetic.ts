import type { Operand, Series, Timing } from '../../graph/node-spec.ts'
import { seriesOver } from '../../graph/series.ts'
import * as kernels from './arithmetic-kernels.ts'

/** `a + b`, as `a.plus(b)`. Both orders are one node. */
export function add<A extends Timing = never, B extends Timing = never>(a: Operand<A>, b: Operand<B>): Series<A | B> {
  return seriesOver<A | B>(kernels.add, a, b)
}

/** `a - b`, as `a.minus(b)`. */
export function subtract<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.subtract, a, b)
}

/** `a × b`, as `a.times(b)`. Both orders are one node. */
export function multiply<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.multiply, a, b)
}

/** `a ÷ b`, as `a.dividedBy(b)`; no value where `b` is 0. */
export function divide<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.divide, a, b)
}

/** `(a + b) ÷ 2`. Both orders are one node. */
export function midpoint<A extends Timing = never, B extends Timing = never>(
  a: Operand<A>,
  b: Operand<B>,
): Series<A | B> {
  return seriesOver<A | B>(kernels.midpoint, a, b)
}

/** `-x`. */
export function negate<T extends Timing>(x: Series<T>): Series<T> {
  return seriesOver(kernels.negate, x)
}

/** The value without its sign. */
export function abs<T extends Timing>(x: Series<T>): Series<T> {
  return seriesOver(kernels.abs, x)
}

/** Square root; no value below 0. */
export function sqrt<T extends Timing>(x: Series<T>): Series<T> {
  return seriesOver(kernels.sqrt, x)
}

/** Natural logarithm; no value at 0 and below. */
export function log<T extends Timing>(x: Series<T>): Series<T> {
  return seriesOver(kernels.log, x)
}

/** e to the power of the value. */
export function exp<T extends Timing>(x: Series<T>): Series<T> {
  return seriesOver(kernels.exp, x)
}
