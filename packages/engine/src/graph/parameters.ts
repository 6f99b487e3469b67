import { isExcludedParameter, isJsonObject, QmtlError, suggestName, type ErrorCause } from '@qmtl/contracts'

/** What a parameter can hold. */
export type ParameterValue = string | number | boolean
export type ParameterValues = Readonly<Record<string, ParameterValue>>

/** The rule of one parameter. */
export interface Parameter<T extends ParameterValue = ParameterValue> {
  /** Completes "must be …" in a message. */
  readonly rule: string
  /** Taken where the caller names no value; so leaving it out and naming it give one node id. */
  readonly fallback?: T
  accepts(value: unknown): value is T
}

/** A parameter that may be left out. */
export interface OptionalParameter<T extends ParameterValue> extends Parameter<T> {
  readonly fallback: T
}

export type ParameterSchema = Readonly<Record<string, Parameter>>

type Widen<T> = T extends Parameter<infer Value> ? Value : never

/** The parsed parameters of a schema: every name present. */
export type ParametersOf<Schema extends ParameterSchema> = { readonly [Name in keyof Schema]: Widen<Schema[Name]> }

type OptionalNames<Schema extends ParameterSchema> = {
  [Name in keyof Schema]: Schema[Name] extends OptionalParameter<ParameterValue> ? Name : never
}[keyof Schema]

/** What a caller passes for a schema: names with a default are optional. */
export type ParameterInput<Schema extends ParameterSchema> = {
  readonly [Name in Exclude<keyof Schema, OptionalNames<Schema>>]: Widen<Schema[Name]>
} & { readonly [Name in OptionalNames<Schema>]?: Widen<Schema[Name]> }

/** Bounds are inclusive. */
interface NumberRule {
  readonly min?: number
  readonly max?: number
}

interface Fallback<T> {
  readonly default: T
}

/** A whole number within inclusive bounds. */
export function integer(rule: NumberRule & Fallback<number>): OptionalParameter<number>
export function integer(rule?: NumberRule): Parameter<number>
export function integer(rule: NumberRule & Partial<Fallback<number>> = {}): Parameter<number> {
  return numeric(`a whole number${boundsText(rule)}`, rule, (value) => Number.isSafeInteger(value))
}

/** A finite number within inclusive bounds. */
export function number(rule: NumberRule & Fallback<number>): OptionalParameter<number>
export function number(rule?: NumberRule): Parameter<number>
export function number(rule: NumberRule & Partial<Fallback<number>> = {}): Parameter<number> {
  return numeric(`a finite number${boundsText(rule)}`, rule, (value) => Number.isFinite(value))
}

/** True or false. */
export function boolean(rule: Fallback<boolean>): OptionalParameter<boolean>
export function boolean(): Parameter<boolean>
export function boolean(rule: Partial<Fallback<boolean>> = {}): Parameter<boolean> {
  return withFallback({ rule: 'true or false', accepts: (value) => typeof value === 'boolean' }, rule)
}

/** One of the texts listed. */
export function choice<const T extends string>(values: readonly T[], rule: Fallback<NoInfer<T>>): OptionalParameter<T>
export function choice<const T extends string>(values: readonly T[]): Parameter<T>
export function choice<const T extends string>(values: readonly T[], rule: Partial<Fallback<T>> = {}): Parameter<T> {
  const accepts = (value: unknown): value is T => values.some((known) => known === value)
  return withFallback({ rule: `one of ${values.map((value) => `'${value}'`).join(', ')}`, accepts }, rule)
}

interface TextRule {
  readonly pattern?: RegExp
  /** The pattern in words, for the message. */
  readonly described?: string
}

/** A text of 1 to 200 characters, matching `pattern` where one is given. */
export function text(rule: TextRule & Fallback<string>): OptionalParameter<string>
export function text(rule?: TextRule): Parameter<string>
export function text(rule: TextRule & Partial<Fallback<string>> = {}): Parameter<string> {
  const accepts = (value: unknown): value is string =>
    typeof value === 'string' &&
    value.length >= 1 &&
    value.length <= 200 &&
    value.isWellFormed() &&
    (rule.pattern?.test(value) ?? true)
  return withFallback({ rule: rule.described ?? 'a text of 1 to 200 characters', accepts }, rule)
}

/** How many bars a window may span. */
export const longestPeriod = 10_000

/**
 * The values of a schema, complete and frozen: defaults filled in, `-0` made `0` (they share an id). Throws
 * `E_INVALID_PARAMETER` with every cause at once: unknown names, missing ones, values outside their rule.
 */
export function parseParameters<Schema extends ParameterSchema>(
  owner: string,
  schema: Schema,
  values: unknown,
): ParametersOf<Schema> {
  const given = values ?? {}
  if (!isJsonObject(given))
    throw invalidParameters(owner, [{ path: '', message: 'parameters must be an object', value: values }])
  const names = Object.keys(schema)
  const causes: ErrorCause[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(schema, name))
    .map((name) => ({
      path: name,
      message: `is no parameter; ${names.length === 0 ? 'there are none' : suggestName(name, names)}`,
    }))
  const parsed: Record<string, unknown> = {}
  for (const [name, parameter] of Object.entries(schema)) {
    const value: unknown = given[name] === undefined ? parameter.fallback : given[name]
    if (parameter.accepts(value)) parsed[name] = value === 0 ? 0 : value
    else if (value === undefined) causes.push({ path: name, message: `is missing; it must be ${parameter.rule}` })
    else causes.push({ path: name, message: `must be ${parameter.rule}`, value })
  }
  if (causes.length > 0 || !fits(schema, parsed)) throw invalidParameters(owner, causes)
  return Object.freeze(parsed)
}

/**
 * Refuses names that cannot tell nodes apart: those that hashing drops (`seed`, `partition`, `env_…`), those that the wire
 * form needs, and those that are no identifiers. Throws `E_RESERVED_NAME`.
 */
export function checkNames(owner: string, kind: 'parameter' | 'role', names: readonly string[]): void {
  const causes = names.flatMap((name) => {
    const message = nameFault(name)
    return message === undefined ? [] : [{ path: name, message }]
  })
  if (causes.length === 0) return
  const list = causes.map(({ path, message }) => `'${path}' ${message}`).join('; ')
  throw new QmtlError('E_RESERVED_NAME', `${owner}: ${kind} ${list}`, {
    errors: causes,
    hint: `rename it, as '${causes[0]?.path ?? ''}' to '${renamed(causes[0]?.path ?? '')}'`,
  })
}

/** The error of parameters outside their rules. */
export function invalidParameters(owner: string, causes: readonly ErrorCause[]): QmtlError {
  const list = causes.map(({ path, message, value }) =>
    `${path} ${message}${value === undefined ? '' : `, seen ${shown(value)}`}`.trim(),
  )
  return new QmtlError('E_INVALID_PARAMETER', `${owner}: ${list.join('; ')}`, { errors: causes })
}

function nameFault(name: string): string | undefined {
  if (isExcludedParameter(name))
    return 'is dropped when a node is hashed, so two nodes that differ in it would share one id'
  if (name === 'inputs' || name === 'label_delay') return 'is taken by the wire form of a node'
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) ? undefined : 'is not a name of letters, digits and _'
}

function renamed(name: string): string {
  const plain = name.replaceAll(/\W/g, '_').replace(/^env_/i, '')
  return `node_${plain}`
}

function numeric(
  rule: string,
  bounds: NumberRule & Partial<Fallback<number>>,
  kind: (value: unknown) => boolean,
): Parameter<number> {
  const { min = -Infinity, max = Infinity } = bounds
  const accepts = (value: unknown): value is number =>
    typeof value === 'number' && kind(value) && value >= min && value <= max
  return withFallback({ rule, accepts }, bounds)
}

function withFallback<T extends ParameterValue>(
  parameter: Parameter<T>,
  { default: fallback }: Partial<Fallback<T>>,
): Parameter<T> {
  if (fallback === undefined) return Object.freeze(parameter)
  if (!parameter.accepts(fallback)) {
    throw invalidParameters('default', [{ path: '', message: `must be ${parameter.rule}`, value: fallback }])
  }
  return Object.freeze({ ...parameter, fallback })
}

function boundsText({ min, max }: NumberRule): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of ${min} or more`
  return max === undefined ? '' : ` of ${max} or less`
}

function fits<Schema extends ParameterSchema>(schema: Schema, values: unknown): values is ParametersOf<Schema> {
  return isJsonObject(values) && Object.entries(schema).every(([name, parameter]) => parameter.accepts(values[name]))
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}
