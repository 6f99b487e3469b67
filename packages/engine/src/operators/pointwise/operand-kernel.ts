import type { Operator } from '../../graph/node-spec.ts'
import type { ParameterValues } from '../../graph/parameters.ts'

/** A kernel whose operands are series or numbers. It stands below the series it makes, which have it as a method. */
export interface OperandKernel<State = unknown> extends Operator<ParameterValues, State> {
  /** `node_type` of its nodes. */
  readonly name: string
  /** Moves with every change of the kernel, because it stands for the code in the node id. */
  readonly version: number
  /** Names of the operands, in the order of its arguments; a constant is a parameter of that name. */
  readonly roles: readonly string[]
  /** Bars of each operand that one value needs. */
  readonly period: number
  /** Both orders of the operands give the same value. */
  readonly commutes?: boolean
  /** Its state reaches beyond the period. */
  readonly recursive?: boolean
}

/** Where a kernel finds its operands: the place of an input, or -1 for a constant. */
export interface Operands {
  readonly firstPlace: number
  readonly first: number
  readonly secondPlace: number
  readonly second: number
  readonly thirdPlace: number
  readonly third: number
}

/** The operands of a node: those among its parameters are constants, the others its inputs, in order. */
export function operandsOf(params: ParameterValues, roles: readonly string[]): Operands {
  let inputs = 0
  const places = roles.map((role) => (typeof params[role] === 'number' ? -1 : inputs++))
  const constants = roles.map((role) => Number(params[role] ?? NaN))
  return {
    firstPlace: places[0] ?? -1,
    first: constants[0] ?? NaN,
    secondPlace: places[1] ?? -1,
    second: constants[1] ?? NaN,
    thirdPlace: places[2] ?? -1,
    third: constants[2] ?? NaN,
  }
}

export function firstOf({ firstPlace, first }: Operands, inputs: Float64Array): number {
  return firstPlace < 0 ? first : inputs[firstPlace]!
}

export function secondOf({ secondPlace, second }: Operands, inputs: Float64Array): number {
  return secondPlace < 0 ? second : inputs[secondPlace]!
}

export function thirdOf({ thirdPlace, third }: Operands, inputs: Float64Array): number {
  return thirdPlace < 0 ? third : inputs[thirdPlace]!
}

/** The state of a kernel that has none. */
export function stateless(): undefined {
  return undefined
}
