import { isExcludedParameter, QmtlError } from '@qmtl/contracts'
import {
  boolean,
  number,
  text,
  type NodeSpec,
  type Parameter,
  type ParameterSchema,
  type ParameterValue,
} from '@qmtl/engine'

/** A strategy's parameter: a rule such as `integer({ min: 2, default: 10 })`, or just its default. */
export type StrategyParameter = Parameter | ParameterValue

type ValueOf<T> =
  T extends Parameter<infer Value> ? Value : T extends number ? number : T extends boolean ? boolean : string

/** What `build` gets for the parameters of a strategy. */
export type StrategyValues<Params extends Readonly<Record<string, StrategyParameter>>> = {
  readonly [Name in keyof Params]: ValueOf<Params[Name]>
}

/** One intent, or several. */
export type Intents = NodeSpec | readonly NodeSpec[]

export interface StrategyOptions<Params extends Readonly<Record<string, StrategyParameter>>> {
  /** 1 to 100 letters, digits, `_`, `.` or `-`. */
  readonly name: string
  /** Label of this version, `v1` where it is left out; of the same characters. */
  readonly version?: string
  readonly params?: Params
  /** Builds the graph and returns its intents. Nothing runs here. */
  build(params: StrategyValues<Params>): Intents
}

// Shared by all copies of the SDK in a process: a strategy file may be loaded by another copy than the one that reads it.
const mark: unique symbol = Symbol.for('qmtl.strategy')

/** A strategy as its file exports it. */
export interface StrategyDefinition {
  readonly [mark]: true
  readonly name: string
  readonly version: string
  readonly params: ParameterSchema
  build(params: Readonly<Record<string, ParameterValue>>): Intents
}

/**
 * Defines a strategy: a name, parameters with their defaults, and the function that builds its graph. Throws
 * `E_INVALID_PARAMETER` for a bad name, version or default, and `E_RESERVED_NAME` for a parameter that hashing would drop.
 */
export function strategy<
  const Params extends Readonly<Record<string, StrategyParameter>> = Readonly<Record<string, never>>,
>(options: StrategyOptions<Params>): StrategyDefinition
export function strategy(options: {
  readonly name: string
  readonly version?: string
  readonly params?: Readonly<Record<string, StrategyParameter>>
  build(params: Readonly<Record<string, ParameterValue>>): Intents
}): StrategyDefinition {
  const { name, version = 'v1', params = {} } = options
  checkLabel('name', name)
  checkLabel('version', version)
  checkParameterNames(name, Object.keys(params))
  const schema = Object.entries(params).map(([parameter, rule]) => [parameter, ruleOf(rule)] as const)
  return Object.freeze({
    [mark]: true as const,
    name,
    version,
    params: Object.freeze(Object.fromEntries(schema)),
    build: (values: Readonly<Record<string, ParameterValue>>) => options.build(values),
  })
}

/** True for what `strategy` returns, made by whichever copy of the SDK. */
export function isStrategyDefinition(value: unknown): value is StrategyDefinition {
  return typeof value === 'object' && value !== null && mark in value
}

function ruleOf(rule: StrategyParameter): Parameter {
  switch (typeof rule) {
    case 'number':
      return number({ default: rule })
    case 'boolean':
      return boolean({ default: rule })
    case 'string':
      return text({ default: rule })
    default:
      return rule
  }
}

function checkLabel(path: string, value: unknown): void {
  if (typeof value === 'string' && /^[A-Za-z0-9_.-]{1,100}$/.test(value)) return
  const message = 'must be 1 to 100 letters, digits, _, . or -'
  throw new QmtlError('E_INVALID_PARAMETER', `strategy: its ${path} ${message}, seen '${String(value)}'`, {
    errors: [{ path, message, value }],
  })
}

function checkParameterNames(name: string, parameters: readonly string[]): void {
  const excluded = parameters.filter(isExcludedParameter)
  if (excluded.length === 0) return
  throw new QmtlError(
    'E_RESERVED_NAME',
    `strategy '${name}': parameter ${excluded.map((each) => `'${each}'`).join(', ')} is dropped when nodes are hashed`,
    {
      errors: excluded.map((path) => ({ path, message: 'is a name that hashing drops' })),
      hint: `rename it, as '${excluded[0] ?? ''}' to 'strategy_${excluded[0] ?? ''}'`,
    },
  )
}
