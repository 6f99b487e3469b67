import { dagHashOf, isJsonObject, messageOf, QmtlError, type Dag } from '@qmtl/contracts'
import { collectGraph, parseParameters, serializeGraph, type NodeSpec, type ParameterValues } from '@qmtl/engine'
import type { StrategyDefinition } from './strategy.ts'

/** A strategy with its parameters decided: an immutable graph. */
export interface BuiltStrategy {
  readonly name: string
  readonly version: string
  readonly params: ParameterValues
  /** What the strategy puts out, at least one. */
  readonly intents: readonly NodeSpec[]
  /** Every node the intents need, inputs before their users. */
  readonly nodes: readonly NodeSpec[]
  /** The submission's `dag`. */
  readonly dag: Dag
  readonly dagHash: string
}

/**
 * Builds the graph of a strategy, with its defaults or other parameters. Equal code and parameters give equal bytes. Throws
 * `E_INVALID_PARAMETER` for unknown or wrong parameters, `E_STRATEGY_BUILD` where `build` fails or returns anything but
 * intents, and the errors of the builders (`E_MIXED_INTERVALS`, `E_DELAYED_INPUT`, …) as they are.
 */
export function buildStrategy(definition: StrategyDefinition, overrides: unknown = {}): BuiltStrategy {
  const { name, version } = definition
  const params = parseParameters(`strategy '${name}'`, definition.params, overrides)
  const intents = intentsOf(name, callBuild(definition, params))
  const nodes = collectGraph(intents)
  const nodeIds = nodes.map(({ id }) => id)
  return Object.freeze({
    name,
    version,
    params,
    intents: Object.freeze(intents),
    nodes,
    dag: serializeGraph(intents, { name, version, params }),
    dagHash: dagHashOf({ name, version, nodeIds }),
  })
}

function callBuild(definition: StrategyDefinition, params: ParameterValues): unknown {
  try {
    return definition.build(params)
  } catch (error) {
    if (hasCode(error)) throw error
    throw new QmtlError('E_STRATEGY_BUILD', `strategy '${definition.name}': build threw ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function hasCode(error: unknown): boolean {
  return error instanceof Error && error.name === 'QmtlError'
}

function intentsOf(name: string, result: unknown): readonly NodeSpec[] {
  const list: readonly unknown[] = Array.isArray(result) ? result : [result]
  const intents = list.filter(isIntent)
  if (intents.length > 0 && intents.length === list.length) return intents
  const stranger = list.find((item) => !isIntent(item))
  const seen = list.length === 0 ? 'an empty list' : describe(stranger)
  throw new QmtlError('E_STRATEGY_BUILD', `strategy '${name}': build returned ${seen}, not an intent`, {
    hint: 'return positionTarget({ … }), or a list of intents',
  })
}

function isIntent(value: unknown): value is NodeSpec {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'intent'
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (!isJsonObject(value)) return value === null ? 'null' : `a ${typeof value}`
  if (typeof value['nodeType'] === 'string') return `the node '${value['nodeType']}'`
  return 'timing' in value ? 'a series' : 'an object'
}
