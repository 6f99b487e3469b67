import { firstOf, operandsOf, secondOf, type OperandKernel, type Operands } from './operand-kernel.ts'

interface CrossingState {
  readonly operands: Operands
  /** `a - b` of the bar before. */
  previous: number
}

export const crossover: OperandKernel<CrossingState> = {
  name: 'crossover',
  version: 2,
  roles: ['a', 'b'],
  period: 2,
  init: startCrossing,
  step(state, inputs, outputs) {
    outputs[0] = crossed(state, inputs)
  },
}

export const crossAbove: OperandKernel<CrossingState> = {
  name: 'cross_above',
  version: 1,
  roles: ['a', 'b'],
  period: 2,
  init: startCrossing,
  step(state, inputs, outputs) {
    outputs[0] = Math.max(crossed(state, inputs), 0)
  },
}

export const crossBelow: OperandKernel<CrossingState> = {
  name: 'cross_below',
  version: 1,
  roles: ['a', 'b'],
  period: 2,
  init: startCrossing,
  step(state, inputs, outputs) {
    outputs[0] = Math.max(-crossed(state, inputs), 0)
  },
}

function startCrossing(params: Parameters<OperandKernel['init']>[0]): CrossingState {
  return { operands: operandsOf(params, ['a', 'b']), previous: NaN }
}

function crossed(state: CrossingState, inputs: Float64Array): number {
  const { previous, operands } = state
  const difference = firstOf(operands, inputs) - secondOf(operands, inputs)
  state.previous = difference
  if (Number.isNaN(previous) || Number.isNaN(difference)) return NaN
  if (previous <= 0 && difference > 0) return 1
  return previous >= 0 && difference < 0 ? -1 : 0
}
