import {
  firstOf,
  operandsOf,
  secondOf,
  stateless,
  thirdOf,
  type OperandKernel,
  type Operands,
} from './operand-kernel.ts'

export const and: OperandKernel<Operands> = {
  name: 'and',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    const a = firstOf(state, inputs)
    const b = secondOf(state, inputs)
    if (Number.isNaN(a) || Number.isNaN(b)) outputs[0] = NaN
    else outputs[0] = a !== 0 && b !== 0 ? 1 : 0
  },
}

export const or: OperandKernel<Operands> = {
  name: 'or',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    const a = firstOf(state, inputs)
    const b = secondOf(state, inputs)
    if (Number.isNaN(a) || Number.isNaN(b)) outputs[0] = NaN
    else outputs[0] = a !== 0 || b !== 0 ? 1 : 0
  },
}

export const not: OperandKernel<undefined> = {
  name: 'not',
  version: 1,
  roles: ['x'],
  period: 1,
  init: stateless,
  step(_state, inputs, outputs) {
    const x = inputs[0]!
    if (Number.isNaN(x)) outputs[0] = NaN
    else outputs[0] = x === 0 ? 1 : 0
  },
}

export const where: OperandKernel<Operands> = {
  name: 'where',
  version: 1,
  roles: ['condition', 'a', 'b'],
  period: 1,
  init: (params) => operandsOf(params, ['condition', 'a', 'b']),
  step(state, inputs, outputs) {
    const condition = firstOf(state, inputs)
    if (Number.isNaN(condition)) outputs[0] = NaN
    else outputs[0] = condition === 0 ? thirdOf(state, inputs) : secondOf(state, inputs)
  },
}

interface SinceState {
  /** Bars since the condition was last true; `NaN` before the first. */
  count: number
}

export const barsSince: OperandKernel<SinceState> = {
  name: 'bars_since',
  version: 1,
  roles: ['condition'],
  period: 1,
  recursive: true,
  init: () => ({ count: NaN }),
  step(state, inputs, outputs) {
    const condition = inputs[0]!
    // A bar of which nothing is known may have been the one.
    if (Number.isNaN(condition)) state.count = NaN
    else state.count = condition === 0 ? state.count + 1 : 0
    outputs[0] = state.count
  },
}
