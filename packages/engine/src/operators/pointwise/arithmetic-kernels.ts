import { firstOf, operandsOf, secondOf, stateless, type OperandKernel, type Operands } from './operand-kernel.ts'

export const add: OperandKernel<Operands> = {
  name: 'add',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    outputs[0] = firstOf(state, inputs) + secondOf(state, inputs)
  },
}

export const subtract: OperandKernel<Operands> = {
  name: 'subtract',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    outputs[0] = firstOf(state, inputs) - secondOf(state, inputs)
  },
}

export const multiply: OperandKernel<Operands> = {
  name: 'multiply',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    outputs[0] = firstOf(state, inputs) * secondOf(state, inputs)
  },
}

export const divide: OperandKernel<Operands> = {
  name: 'divide',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    outputs[0] = firstOf(state, inputs) / secondOf(state, inputs)
  },
}

export const midpoint: OperandKernel<Operands> = {
  name: 'midpoint',
  version: 1,
  roles: ['a', 'b'],
  period: 1,
  commutes: true,
  init: (params) => operandsOf(params, ['a', 'b']),
  step(state, inputs, outputs) {
    outputs[0] = (firstOf(state, inputs) + secondOf(state, inputs)) / 2
  },
}

export const negate: OperandKernel<undefined> = {
  name: 'negate',
  version: 1,
  roles: ['x'],
  period: 1,
  init: stateless,
  step(_state, inputs, outputs) {
    outputs[0] = -inputs[0]!
  },
}

export const abs: OperandKernel<undefined> = {
  name: 'abs',
  version: 1,
  roles: ['x'],
  period: 1,
  init: stateless,
  step(_state, inputs, outputs) {
    outputs[0] = Math.abs(inputs[0]!)
  },
}

export const sqrt: OperandKernel<undefined> = {
  name: 'sqrt',
  version: 1,
  roles: ['x'],
  period: 1,
  init: stateless,
  step(_state, inputs, outputs) {
    outputs[0] = Math.sqrt(inputs[0]!)
  },
}

export const log: OperandKernel<undefined> = {
  name: 'log',
  version: 1,
  roles: ['x'],
  period: 1,
  init: stateless,
  step(_state, inputs, outputs) {
    outputs[0] = Math.log(inputs[0]!)
  },
}

export const exp: OperandKernel<undefined> = {
  name: 'exp',
  version: 1,
  roles: ['x'],
  period: 1,
  init: stateless,
  step(_state, inputs, outputs) {
    outputs[0] = Math.exp(inputs[0]!)
  },
}
