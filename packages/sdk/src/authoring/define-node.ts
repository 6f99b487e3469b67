import { compareCodePoints, QmtlError, suggestName, type ErrorCause } from '@qmtl/contracts'
import {
  customNode,
  seriesOf,
  type Helpers,
  type ParameterInput,
  type ParameterSchema,
  type ParametersOf,
  type ParameterValue,
  type ParameterValues,
  type Series,
  type SeriesView,
  type SeriesViews,
  type Timing,
} from '@qmtl/engine'
import { proveCode } from '../code/code-hash.ts'
import type { AnyFunction } from '../code/function-source.ts'
import { inputNamesOf } from '../code/input-names.ts'

type Letter =
  | ('a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm')
  | ('n' | 'o' | 'p' | 'q' | 'r' | 's' | 't' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z')

/**
 * The views by role. Roles listed in `inputs` are known exactly; otherwise any name may be taken, and single letters are
 * certain to be there even under `noUncheckedIndexedAccess`.
 */
export type ViewsOf<Role extends string> = string extends Role
  ? Readonly<Record<string, SeriesView>> & Readonly<Record<Letter, SeriesView>>
  : Readonly<Record<Role, SeriesView>>

type ResultOf<Output extends string> = string extends Output ? number : Readonly<Record<Output, number>>

/** An author's node: a rule that computes one value per bar from the bars so far. */
export interface NodeDefinition<
  Schema extends ParameterSchema,
  Uses extends Readonly<Record<string, AnyFunction>>,
  Role extends string,
  Output extends string,
  Delay extends number | undefined,
> {
  /** For people, 1 to 200 characters; not part of any id. */
  readonly name: string
  /** A whole number from 1. Raise it where the meaning changes and the code does not. */
  readonly version: number
  readonly params?: Schema
  /** Bars of each input that one value needs, 1 to 10 000. */
  readonly period: number | ((params: ParametersOf<Schema>) => number)
  /** Helpers of QMTL or closed functions, handed to `compute` as its third argument. */
  readonly uses?: Uses
  /** Names of the inputs; left out, they are those that `compute` takes apart. */
  readonly inputs?: readonly Role[]
  /** Names of the outputs, of which `compute` gives an object. Left out, it gives one number. */
  readonly outputs?: readonly Output[]
  /** Makes the node a label: its value describes the bar this many bars ago, so it may not reach an intent. */
  readonly labelDelay?: Delay
  /** For discovery only. */
  readonly tags?: readonly string[]
  /**
   * The value of this bar; `NaN` means none. Closed and pure: it sees its arguments and nothing else, so that its code is
   * its identity. Called once each input has `period` values without `NaN` among them.
   */
  compute(
    this: void,
    inputs: ViewsOf<NoInfer<Role>>,
    params: ParametersOf<Schema>,
    uses: Uses,
  ): ResultOf<NoInfer<Output>>
}

type OutputSeries<Output extends string, T extends Timing> = string extends Output
  ? Series<T>
  : { readonly [Name in Output]: Series<T> }

type TimingOf<Delay extends number | undefined, T extends Timing> = Delay extends number ? 'delayed' : T

/** What is left out: a record that takes no names. */
type NoNames = Readonly<Record<string, never>>

type RequiredNames<Schema extends ParameterSchema> = {
  [Name in keyof Schema]: Schema[Name] extends { readonly fallback: ParameterValue } ? never : Name
}[keyof Schema]

type ParamsArgument<Schema extends ParameterSchema> = [RequiredNames<Schema>] extends [never]
  ? [params?: ParameterInput<Schema>]
  : [params: ParameterInput<Schema>]

/** Adds the node to a graph: series by role, then the parameters. Throws as `customNode` of the engine does. */
export type NodeBuilder<
  Schema extends ParameterSchema,
  Role extends string,
  Output extends string,
  Delay extends number | undefined,
> = <const T extends Timing>(
  inputs: Readonly<Record<Role, Series<T>>>,
  ...params: ParamsArgument<Schema>
) => OutputSeries<Output, TimingOf<Delay, T>>

/** A definition as the code below reads it. Its functions are methods: a definition of any types can then stand here. */
interface AnyDefinition {
  readonly name: string
  readonly version: number
  readonly params?: ParameterSchema
  readonly uses?: Readonly<Record<string, AnyFunction>>
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly labelDelay?: number | undefined
  readonly tags?: readonly string[]
  readonly period: number | PeriodRule['of']
  compute(this: void, inputs: SeriesViews, params: ParameterValues, uses: Helpers): unknown
}

interface PeriodRule {
  of(this: void, params: ParameterValues): number
}

type AnySeries = Series<Timing>
type AnyBuilder = (
  inputs: Readonly<Record<string, AnySeries>>,
  params?: unknown,
) => AnySeries | Readonly<Record<string, AnySeries>>

/**
 * Defines an author's node and gives its builder: `zscore({ x: price.close }, { window: 20 })`. Two definitions with the
 * same code, helpers and version are one: their nodes share ids whatever they are called. Throws `E_NOT_CLOSED` with every
 * reason and its line, `E_RESERVED_NAME` and `E_INVALID_PARAMETER`.
 */
export function defineNode<
  const Schema extends ParameterSchema = NoNames,
  const Uses extends Readonly<Record<string, AnyFunction>> = NoNames,
  const Role extends string = string,
  const Output extends string = string,
  const Delay extends number | undefined = undefined,
>(definition: NodeDefinition<Schema, Uses, Role, Output, Delay>): NodeBuilder<Schema, Role, Output, Delay>
export function defineNode(definition: AnyDefinition): unknown {
  checkDefinition(definition)
  const { name, version, uses = {}, outputs, labelDelay, tags, period } = definition
  const subject = `node '${name}'`
  const proven = proveCode({ subject, compute: definition.compute, uses, version })
  const params = inOrder(definition.params ?? {})
  const roles = definition.inputs ?? inputNamesOf(definition.compute)
  const build: AnyBuilder = (inputs, values) => {
    if (roles !== undefined) checkRoles(subject, roles, Object.keys(inputs))
    const node = customNode({
      ...proven,
      isClosed: true,
      name,
      params,
      values: values ?? {},
      inputs: inOrder(inputs),
      period,
      ...(outputs === undefined ? {} : { outputs }),
      ...(labelDelay === undefined ? {} : { labelDelay }),
      ...(tags === undefined ? {} : { tags }),
    })
    if (outputs === undefined) return seriesOf(node)
    return Object.freeze(Object.fromEntries(outputs.map((output) => [output, seriesOf(node, output)])))
  }
  return build
}

/** An id does not tell the order of names, and code can: `Object.keys(inputs)`. So there is one order. */
function inOrder<Value>(members: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => compareCodePoints(a, b)))
}

interface UncheckedDefinition {
  readonly name: unknown
  readonly version: unknown
  readonly outputs?: readonly string[]
  readonly compute: unknown
}

function checkDefinition({ name, version, outputs, compute }: UncheckedDefinition): void {
  const causes: ErrorCause[] = []
  if (typeof name !== 'string' || name.length === 0 || name.length > 200) {
    causes.push({ path: 'name', message: 'must be a text of 1 to 200 characters', value: name })
  }
  if (!isVersion(version)) causes.push({ path: 'version', message: 'must be a whole number from 1', value: version })
  // Its schema, and so its id, would be that of a node that gives a plain number.
  if (outputs?.join() === 'value')
    causes.push({ path: 'outputs', message: "must be left out for the one output 'value'" })
  if (typeof compute !== 'function') causes.push({ path: 'compute', message: 'must be a function', value: compute })
  if (causes.length === 0) return
  throw invalid(`the definition of node '${String(name)}'`, causes)
}

function isVersion(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function checkRoles(subject: string, roles: readonly string[], given: readonly string[]): void {
  const missing = roles.filter((role) => !given.includes(role))
  const unknown = given.filter((role) => !roles.includes(role))
  if (missing.length === 0 && unknown.length === 0) return
  throw invalid(subject, [
    ...missing.map((role) => ({ path: role, message: 'is missing: compute takes a series by this name' })),
    ...unknown.map((role) => ({ path: role, message: `is no input of it; ${suggestName(role, roles)}` })),
  ])
}

function invalid(subject: string, causes: readonly ErrorCause[]): QmtlError {
  const list = causes.map(({ path, message }) => `${path} ${message}`).join('; ')
  return new QmtlError('E_INVALID_PARAMETER', `${subject}: ${list}`, { errors: causes })
}
