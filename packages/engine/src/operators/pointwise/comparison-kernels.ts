import { firstOf, operandsOf, secondOf, thirdOf, type OperandKernel, type Operands } from './operand-kernel.ts'

export const min: OperandKernel<Operands> = {
  name: 'min',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    outputs[0] = Math.min(firstOf(state, inputs), secondOf(state, inputs))
  },
}

export const max: OperandKernel<Operands> = {
  name: 'max',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    outputs[0] = Math.max(firstOf(state, inputs), secondOf(state, inputs))
  },
}

export const clip: OperandKernel<Operands> = {
  name: 'clip',
  version: 1,
  roles: ['x', 'low', 'high'],
  period: 1,
  init: (params) => operandsOf(params, ['x', 'low', 'high']),
  step(state, inputs, outputs) {
    const low = secondOf(state, inputs)
    const high = thirdOf(state, inputs)
    // Bounds the wrong way round hold no value.
    outputs[0] = low <= high ? Math.min(Math.max(firstOf(state, inputs), low), high) : NaN
  },
}

export const greater: OperandKernel<Operands> = {
  name: 'greater',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    const a = firstOf(state, inputs)
    const b = secondOf(state, inputs)
    if (a > b) outputs[0] = 1
    else outputs[0] = a <= b ? 0 : NaN
  },
}

export const greaterOrEqual: OperandKernel<Operands> = {
  name: 'greater_or_equal',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    const a = firstOf(state, inputs)
    const b = secondOf(state, inputs)
    if (a >= b) outputs[0] = 1
    else outputs[0] = a < b ? 0 : NaN
  },
}

export const equal: OperandKernel<Operands> = {
  name: 'equal',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    const a = firstOf(state, inputs)
    const b = secondOf(state, inputs)
    if (a === b) outputs[0] = 1
    else outputs[0] = a < b || a > b ? 0 : NaN
  },
}

export const notEqual: OperandKernel<Operands> = {
  name: 'not_equal',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    const a = firstOf(state, inputs)
    const b = secondOf(state, inputs)
    if (a === b) outputs[0] = 0
    else outputs[0] = a < b || a > b ? 1 : NaN
  },
}
