import type { Operator } from '../graph/node-spec.ts'
import type { ParameterValues } from '../graph/parameters.ts'

interface TargetState {
  readonly long: number
  readonly short: number
  target: number
}

type TargetParams = ParameterValues & { readonly long: number; readonly short?: number; readonly flat: number }

/** The rule of `positionTarget`; its version moves with every change of it, because it stands for the code in the node id. */
export const positionTargetKernel: Operator<TargetParams, TargetState> & {
  readonly name: string
  readonly version: number
} = {
  name: 'position_target',
  version: 1,
  init: ({ long, short, flat }) => ({ long, short: short ?? flat, target: flat }),
  step(state, inputs, outputs) {
    const signal = inputs[0]!
    // A signal of 0 or NaN is neither, and keeps the target.
    if (signal > 0) state.target = state.long
    else if (signal < 0) state.target = state.short
    outputs[0] = state.target
  },
}
