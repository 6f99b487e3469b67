import type { OperandKernel } from '../operators/pointwise/operand-kernel.ts'
import * as arithmetic from '../operators/pointwise/arithmetic-kernels.ts'
import * as comparison from '../operators/pointwise/comparison-kernels.ts'
import * as crossing from '../operators/pointwise/crossing-kernels.ts'
import * as logic from '../operators/pointwise/logic-kernels.ts'
import { builtInCodeHash, isSeriesRef, makeNode } from './make-node.ts'
import { nodeLabel, type NodeSpec, type Operand, type Series, type Timing } from './node-spec.ts'
import { invalidParameters, number, parseParameters } from './parameters.ts'

// Larger numbers are all whole, and an id takes whole numbers only where they are exact.
const constant = number({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })

/** The handle on one output of a node. Throws `E_INVALID_PARAMETER` naming the outputs there are. */
export function seriesOf(node: NodeSpec, output = 'value'): Series<Timing> {
  if (!node.outputs.includes(output)) {
    throw invalidParameters(nodeLabel(node), [
      { path: 'output', message: `must be one of ${node.outputs.join(', ')}`, value: output },
    ])
  }
  return seriesWith(node, output, node.delayed ? 'delayed' : 'causal')
}

/** A handle whose timing the builder knows from its inputs. */
export function seriesWith<T extends Timing>(node: NodeSpec, output: string, timing: T): Series<T> {
  return new SeriesHandle(node, output, timing)
}

/** The timing of what is computed from these series (at least one): delayed where one of them is. */
export function jointTiming<T extends Timing>(series: readonly Series<T>[]): T {
  const decisive = series.find(({ timing }) => timing === 'delayed') ?? series[0]
  if (decisive === undefined) throw new RangeError('a timing needs a series')
  return decisive.timing
}

/**
 * The node of a kernel over its operands, in the order of its roles. A number becomes a parameter of the role's name, so it
 * costs no node; where the order makes no difference, both orders are one node. Throws `E_INVALID_PARAMETER` for operands
 * that are neither series nor numbers within ±(2^53 − 1) or are all numbers, and `E_MIXED_INTERVALS`.
 */
export function seriesOver<T extends Timing>(kernel: OperandKernel, ...given: readonly Operand<T>[]): Series<T> {
  const { name, version, roles, period, commutes = false, recursive = false } = kernel
  checkOperands(kernel, given)
  const operands = commutes ? given.toSorted(compareOperands) : given
  const inputs: Record<string, Series<T>> = {}
  const constants: Record<string, number> = {}
  roles.forEach((role, index) => {
    const operand = operands[index]
    if (typeof operand === 'number') constants[role] = operand
    else if (operand !== undefined) inputs[role] = operand
  })
  const schema = Object.fromEntries(Object.keys(constants).map((role) => [role, constant]))
  const node = makeNode({
    nodeType: name,
    kind: 'operator',
    period,
    settings: parseParameters(name, schema, constants),
    inputs,
    operator: kernel,
    codeHash: builtInCodeHash(name, version),
    recursive,
  })
  return seriesWith(node, 'value', jointTiming(Object.values(inputs)))
}

function checkOperands({ name, roles }: OperandKernel, given: readonly unknown[]): void {
  const faults = roles.flatMap((role, index) => {
    const value = given[index]
    if (isSeriesRef(value) || constant.accepts(value)) return []
    return [{ path: role, message: `must be a series, such as price.close, or ${constant.rule}`, value }]
  })
  if (faults.length > 0) throw invalidParameters(name, faults)
  if (!given.some(isSeriesRef)) {
    const message = 'must not all be numbers: one of them must be a series, such as price.close'
    throw invalidParameters(name, [{ path: roles.join(', '), message }])
  }
}

/** Two series in an order that does not depend on who names them first: where it makes no difference, one node is enough. */
export function inNodeOrder<T extends Timing>(a: Series<T>, b: Series<T>): readonly [Series<T>, Series<T>] {
  return isSeriesRef(a) && isSeriesRef(b) && compareOperands(a, b) > 0 ? [b, a] : [a, b]
}

/** Series by node and output, then numbers. */
function compareOperands(a: Operand, b: Operand): number {
  return Number(operandKey(a) > operandKey(b)) - Number(operandKey(a) < operandKey(b))
}

function operandKey(operand: Operand): string {
  return typeof operand === 'number' ? '~' : `${operand.node.id} ${operand.output}`
}

/** Methods stand on the prototype, so that a handle costs three fields. */
class SeriesHandle<T extends Timing> implements Series<T> {
  readonly node: NodeSpec
  readonly output: string
  readonly timing: T

  constructor(node: NodeSpec, output: string, timing: T) {
    this.node = node
    this.output = output
    this.timing = timing
    Object.freeze(this)
  }

  plus<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(arithmetic.add, this, other)
  }

  minus<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(arithmetic.subtract, this, other)
  }

  times<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(arithmetic.multiply, this, other)
  }

  dividedBy<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(arithmetic.divide, this, other)
  }

  negate(): Series<T> {
    return seriesOver<T>(arithmetic.negate, this)
  }

  abs(): Series<T> {
    return seriesOver<T>(arithmetic.abs, this)
  }

  sqrt(): Series<T> {
    return seriesOver<T>(arithmetic.sqrt, this)
  }

  log(): Series<T> {
    return seriesOver<T>(arithmetic.log, this)
  }

  exp(): Series<T> {
    return seriesOver<T>(arithmetic.exp, this)
  }

  min<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(comparison.min, this, other)
  }

  max<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(comparison.max, this, other)
  }

  clip<B extends Timing = never, C extends Timing = never>(low: Operand<B>, high: Operand<C>): Series<T | B | C> {
    return seriesOver<T | B | C>(comparison.clip, this, low, high)
  }

  where<B extends Timing = never, C extends Timing = never>(
    whenTrue: Operand<B>,
    whenFalse: Operand<C>,
  ): Series<T | B | C> {
    return seriesOver<T | B | C>(logic.where, this, whenTrue, whenFalse)
  }

  greater<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(comparison.greater, this, other)
  }

  greaterOrEqual<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(comparison.greaterOrEqual, this, other)
  }

  less<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(comparison.greater, other, this)
  }

  lessOrEqual<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(comparison.greaterOrEqual, other, this)
  }

  equal<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(comparison.equal, this, other)
  }

  notEqual<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(comparison.notEqual, this, other)
  }

  and<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(logic.and, this, other)
  }

  or<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(logic.or, this, other)
  }

  not(): Series<T> {
    return seriesOver<T>(logic.not, this)
  }

  crossAbove<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(crossing.crossAbove, this, other)
  }

  crossBelow<B extends Timing = never>(other: Operand<B>): Series<T | B> {
    return seriesOver<T | B>(crossing.crossBelow, this, other)
  }

  barsSince(): Series<T> {
    return seriesOver<T>(logic.barsSince, this)
  }
}
