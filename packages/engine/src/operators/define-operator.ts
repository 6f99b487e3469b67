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
  /** Bars of each input that one value needs. */
  period(params: ParametersOf<Schema>): number
}

export interface OperatorBuilder<Schema extends ParameterSchema, Role extends string> {
  readonly name: string
  readonly version: number
  /** The node over these inputs. Throws `E_INVALID_PARAMETER` and `E_MIXED_INTERVALS`. */
  node(inputs: Readonly<Record<Role, SeriesRef>>, params: ParameterInput<Schema>): NodeSpec
  /** The handle on the node's value: delayed where an input is. */
  series<T extends Timing>(inputs: Readonly<Record<Role, Series<T>>>, params: ParameterInput<Schema>): Series<T>
}

/** Makes the builder of an operator. Throws `E_RESERVED_NAME` for names that cannot stand in a node. */
export function defineOperator<const Schema extends ParameterSchema, const Role extends string, State>(
  definition: OperatorDefinition<Schema, Role, State>,
): OperatorBuilder<Schema, Role> {
  const { name, version, roles } = definition
  checkNames(name, 'parameter', Object.keys(definition.params))
  checkNames(name, 'role', roles)
  const codeHash = builtInCodeHash(name, version)
  const node = (inputs: Readonly<Record<Role, SeriesRef>>, params: ParameterInput<Schema>): NodeSpec => {
    const settings = parseParameters(name, definition.params, params)
    return makeNode({
      nodeType: name,
      kind: 'operator',
      period: definition.period(settings),
      settings,
      inputs: Object.fromEntries(roles.map((role) => [role, inputs[role]])),
      operator: definition,
      codeHash,
    })
  }
  return {
    name,
    version,
    node,
    series: (inputs, params) => seriesWith(node(inputs, params), 'value', jointTiming(Object.values(inputs))),
  }
}
