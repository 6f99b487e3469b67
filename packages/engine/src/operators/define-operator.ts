import { builtInCodeHash, makeNode } from '../graph/make-node.ts'
import type { NodeSpec, Operator, Series, SeriesRef, Timing } from '../graph/node-spec.ts'
import {
  checkNames,
  parseParameters,
  type ParameterInput,
  type ParameterSchema,
  type ParametersOf,
} from '../graph/parameters.ts'
import { jointTiming, seriesWith } from '../graph/series.ts'

/** An operator written once: its kernel runs bar by bar in every mode, its builder is derived from it. */
export interface OperatorDefinition<Schema extends ParameterSchema, Role extends string, State> extends Operator<
  ParametersOf<Schema>,
  State
> {
  /** `node_type` of its nodes. */
  readonly name: string
  /** Moves with every change of the kernel, because it stands for the code in the node id. */
  readonly version: number
  readonly params: Schema
  /** Names of the inputs, in the order in which `step` reads them. */
  readonly roles: readonly Role[]
  /** Its state reaches beyond the period: a count, a recursion. */
  readonly recursive?: boolean
  /** Bars of each input that one value needs. */
  period(params: ParametersOf<Schema>): number
}

/** An operator of several values per bar. */
export interface MultiOperatorDefinition<
  Schema extends ParameterSchema,
  Role extends string,
  State,
  Output extends string,
> extends OperatorDefinition<Schema, Role, State> {
  /** Names of the values, in the order in which `step` writes them. */
  readonly outputs: readonly Output[]
}

export interface OperatorBuilder<Schema extends ParameterSchema, Role extends string> {
  /** The handle on the node's value: delayed where an input is. Throws `E_INVALID_PARAMETER` and `E_MIXED_INTERVALS`. */
  series<T extends Timing>(inputs: Readonly<Record<Role, Series<T>>>, params: ParameterInput<Schema>): Series<T>
}

export interface MultiOperatorBuilder<Schema extends ParameterSchema, Role extends string, Output extends string> {
  /** The handles on the node's values, by name. Throws as the builder of one value does. */
  series<T extends Timing>(
    inputs: Readonly<Record<Role, Series<T>>>,
    params: ParameterInput<Schema>,
  ): Readonly<Record<Output, Series<T>>>
}

const definedKernels = new Map<string, Operator>()

/** The kernel of a `code_hash`, among the operators that were defined here so far. */
export function findDefinedKernel(codeHash: string): Operator | undefined {
  return definedKernels.get(codeHash)
}

/** Makes the builder of an operator. Throws `E_RESERVED_NAME` for names that cannot stand in a node. */
export function defineOperator<const Schema extends ParameterSchema, const Role extends string, State>(
  definition: OperatorDefinition<Schema, Role, State>,
): OperatorBuilder<Schema, Role> {
  const node = nodeBuilder(definition)
  return { series: (inputs, params) => seriesWith(node(inputs, params), 'value', jointTiming(Object.values(inputs))) }
}

/** Makes the builder of an operator whose node has several outputs. Throws `E_RESERVED_NAME`. */
export function defineMultiOperator<
  const Schema extends ParameterSchema,
  const Role extends string,
  State,
  const Output extends string,
>(definition: MultiOperatorDefinition<Schema, Role, State, Output>): MultiOperatorBuilder<Schema, Role, Output> {
  const node = nodeBuilder(definition, definition.outputs)
  return {
    series<T extends Timing>(inputs: Readonly<Record<Role, Series<T>>>, params: ParameterInput<Schema>) {
      const made = node(inputs, params)
      const timing = jointTiming<T>(Object.values(inputs))
      return byName(definition.outputs, (output) => seriesWith(made, output, timing))
    },
  }
}

function nodeBuilder<const Schema extends ParameterSchema, const Role extends string, State>(
  definition: OperatorDefinition<Schema, Role, State>,
  outputs?: readonly string[],
): (inputs: Readonly<Record<Role, SeriesRef>>, params: ParameterInput<Schema>) => NodeSpec {
  const { name, version, roles, recursive = false } = definition
  checkNames(name, 'parameter', Object.keys(definition.params))
  checkNames(name, 'role', [...roles, ...(outputs ?? [])])
  const codeHash = builtInCodeHash(name, version)
  definedKernels.set(codeHash, definition)
  return (inputs, params) => {
    const settings = parseParameters(name, definition.params, params)
    return makeNode({
      nodeType: name,
      kind: 'operator',
      period: definition.period(settings),
      settings,
      inputs: Object.fromEntries(roles.map((role) => [role, inputs[role]])),
      operator: definition,
      codeHash,
      recursive,
      ...(outputs === undefined ? {} : { outputs }),
    })
  }
}

function byName<Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Readonly<Record<Name, Value>> {
  return Object.freeze(Object.fromEntries(names.map((name) => [name, valueOf(name)]))) as Record<Name, Value>
}
