import type { Operator } from './node-spec.ts'
import type { ParameterValues } from './parameters.ts'
import { createInputWindow, type InputWindow, type SeriesView } from './series-view.ts'

export type SeriesViews = Readonly<Record<string, SeriesView>>
export type Helpers = Readonly<Record<string, unknown>>

/** An author's function. */
export type Compute = (views: SeriesViews, params: ParameterValues, uses: Helpers) => unknown

/** What the operator of an author's function is made of. */
export interface CustomRule {
  /** Names of the inputs, in the order in which `step` reads them. */
  readonly roles: readonly string[]
  readonly period: number
  /** Undefined for the one output `value`. */
  readonly outputs: readonly string[] | undefined
  readonly compute: Compute
  readonly uses: Helpers
  /** The texts of `compute` and `uses` are complete. */
  readonly isClosed: boolean
}

/** A closed rule as data: its functions by their texts. */
export interface ClosedRule extends Omit<CustomRule, 'compute' | 'uses' | 'isClosed'> {
  readonly compute: string
  readonly uses: Readonly<Record<string, string>>
}

interface CustomState {
  readonly windows: readonly InputWindow[]
  readonly views: SeriesViews
  readonly params: ParameterValues
}

const closedRules = new WeakMap<object, ClosedRule>()

/** The operator that calls an author's function on each bar on which every input has `period` values. */
export function customOperator(rule: CustomRule): Operator<ParameterValues, CustomState> {
  const { roles, period, outputs, compute, uses } = rule
  const helpers = Object.freeze({ ...uses })
  const write = outputs === undefined ? writeValue : writeMembers(outputs)
  const operator: Operator<ParameterValues, CustomState> = {
    init(params) {
      const windows = roles.map((role) => createInputWindow(role, period))
      const views = Object.freeze(Object.fromEntries(roles.map((role, index) => [role, windows[index]!.view])))
      return { windows, views, params }
    },
    step({ windows, views, params }, inputs, results) {
      let isComplete = true
      for (let index = 0; index < windows.length; index++) {
        const window = windows[index]!
        window.push(inputs[index]!)
        isComplete = window.isFull() && isComplete
      }
      if (isComplete) write(compute(views, params, helpers), results)
      else results.fill(NaN)
    },
  }
  if (rule.isClosed) closedRules.set(operator, textsOf(rule))
  return operator
}

/** The rule of an operator as data, where it is an author's and closed. */
export function closedRuleOf(operator: Operator): ClosedRule | undefined {
  return closedRules.get(operator)
}

/** The operator that a closed rule stands for: the same code, so the same bits. */
export function operatorOfRule({ compute, uses, ...shape }: ClosedRule): Operator {
  const made = functionOf(compute)
  return customOperator({
    ...shape,
    compute: (views, params, helpers) => made(views, params, helpers),
    uses: Object.fromEntries(Object.entries(uses).map(([name, text]) => [name, functionOf(text)])),
    isClosed: false,
  })
}

function textsOf({ roles, period, outputs, compute, uses }: CustomRule): ClosedRule {
  return {
    roles,
    period,
    outputs,
    compute: String(compute),
    uses: Object.fromEntries(Object.entries(uses).map(([name, helper]) => [name, String(helper)])),
  }
}

// A text is made a function once: nodes that differ in parameters share what the engine learns about it.
const functions = new Map<string, (...args: readonly unknown[]) => unknown>()

function functionOf(text: string): (...args: readonly unknown[]) => unknown {
  const known = functions.get(text)
  if (known !== undefined) return known
  const made: unknown = globalThis.eval(`'use strict';(${text}\n)`)
  if (!isFunction(made)) throw new TypeError('the text of a closed function makes no function')
  functions.set(text, made)
  return made
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === 'function'
}

function writeValue(result: unknown, results: Float64Array): void {
  if (typeof result !== 'number')
    throw new TypeError(`compute gave ${kindOf(result)}, not a number; NaN means no value`)
  results[0] = result
}

function writeMembers(outputs: readonly string[]): typeof writeValue {
  return (result, results) => {
    if (typeof result !== 'object' || result === null) {
      throw new TypeError(`compute gave ${kindOf(result)}, not an object with ${outputs.join(', ')}`)
    }
    const members: Readonly<Record<string, unknown>> = { ...result }
    outputs.forEach((output, index) => {
      const value = members[output]
      if (typeof value !== 'number')
        throw new TypeError(`compute gave ${kindOf(value)} for '${output}', not a number; NaN means no value`)
      results[index] = value
    })
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  return `a ${typeof value}`
}
