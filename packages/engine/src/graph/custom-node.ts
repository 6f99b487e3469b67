import { makeNode } from './make-node.ts'
import type { NodeSpec, SeriesRef } from './node-spec.ts'
import {
  checkNames,
  invalidParameters,
  parseParameters,
  type ParameterSchema,
  type ParametersOf,
} from './parameters.ts'
import { customOperator, type Compute, type Helpers } from './custom-operator.ts'

/** A node computed by a plain function. The caller vouches that `codeHash` stands for `compute`, `uses` and the version. */
export interface CustomNodeOptions<Schema extends ParameterSchema> {
  /** For people; not part of the id. */
  readonly name: string
  readonly codeHash: string
  readonly params: Schema
  /** Values for `params`, not yet checked. */
  readonly values: unknown
  /** Role to series, at least one. */
  readonly inputs: Readonly<Record<string, SeriesRef>>
  /** Bars of each input that one value needs, 1 to 10 000. */
  readonly period: number | ((params: ParametersOf<Schema>) => number)
  /**
   * Called on each bar on which every input holds `period` values without a `NaN` among them; on all others the outputs are
   * `NaN`. Returns a number, or an object of numbers where `outputs` are named. `NaN` and infinities mean "no value".
   */
  readonly compute: Compute
  /** Helpers that `compute` gets as its third argument. */
  readonly uses?: Helpers
  /**
   * `compute` and every helper are closed, and their texts are expressions that stand for them, as strict code: then other
   * threads can run the node. The caller vouches for it.
   */
  readonly isClosed?: boolean
  /** Left out: the one output `value`. */
  readonly outputs?: readonly string[]
  /** Makes the node a label: its value describes the bar this many bars ago. */
  readonly labelDelay?: number
  readonly tags?: readonly string[]
}

/**
 * The node of an author's function. Throws `E_RESERVED_NAME`, `E_INVALID_PARAMETER`, `E_MIXED_INTERVALS`. While it runs, a
 * thrown error or a result that is no number becomes `E_NODE_FAILED`.
 */
export function customNode<const Schema extends ParameterSchema>(options: CustomNodeOptions<Schema>): NodeSpec {
  const { name, inputs, outputs, labelDelay } = options
  checkNames(name, 'parameter', Object.keys(options.params))
  checkNames(name, 'role', Object.keys(inputs))
  checkNames(name, 'role', outputs ?? [])
  const settings = parseParameters(name, options.params, options.values)
  const period = typeof options.period === 'function' ? options.period(settings) : options.period
  checkShape(options, period)
  return makeNode({
    nodeType: 'custom',
    kind: 'operator',
    period,
    settings,
    inputs,
    operator: customOperator({
      roles: Object.keys(inputs),
      period,
      outputs,
      compute: options.compute,
      uses: options.uses ?? {},
      isClosed: options.isClosed ?? false,
    }),
    codeHash: options.codeHash,
    name,
    ...(outputs === undefined ? {} : { outputs }),
    ...(labelDelay === undefined ? {} : { labelDelay }),
    ...(options.tags === undefined ? {} : { tags: options.tags }),
  })
}

function checkShape<Schema extends ParameterSchema>(
  { name, outputs, labelDelay }: CustomNodeOptions<Schema>,
  period: number,
): void {
  if (!(period >= 1))
    throw invalidParameters(name, [{ path: 'period', message: 'must be 1 bar or more', value: period }])
  if (outputs !== undefined && (outputs.length === 0 || new Set(outputs).size < outputs.length)) {
    throw invalidParameters(name, [
      { path: 'outputs', message: 'must name each output once', value: outputs.join(', ') },
    ])
  }
  if (labelDelay !== undefined && !(Number.isSafeInteger(labelDelay) && labelDelay >= 1)) {
    throw invalidParameters(name, [
      { path: 'labelDelay', message: 'must be a whole number of 1 or more bars', value: labelDelay },
    ])
  }
}
