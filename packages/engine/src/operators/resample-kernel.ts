import type { Operator } from '../graph/node-spec.ts'
import type { ParameterValues } from '../graph/parameters.ts'

/** What a longer bar takes of the shorter ones. */
export const aggregates = ['first', 'last', 'highest', 'lowest', 'sum', 'mean'] as const

export type Aggregate = (typeof aggregates)[number]

interface ResampleState {
  readonly aggregate: ResampleParams['aggregate']
  readonly intervalMs: number
  readonly barMs: number
  /** End of the longer bar that the last row belongs to; `NaN` before the first. */
  endMs: number
  count: number
  value: number
}

type ResampleParams = ParameterValues & {
  readonly aggregate: Aggregate
  readonly intervalMs: number
  /** Length of the shorter bars. */
  readonly barMs: number
}

/** The rule of `resample`; its version moves with every change of it, because it stands for the code in the node id. */
export const resampleKernel: Operator<ResampleParams, ResampleState> & {
  readonly name: string
  readonly version: number
} = {
  name: 'resample',
  version: 1,
  readsTime: true,
  init: ({ aggregate, intervalMs, barMs }) => ({ aggregate, intervalMs, barMs, endMs: NaN, count: 0, value: NaN }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const closeMs = inputs[1]!
    const endMs = Math.ceil(closeMs / state.intervalMs) * state.intervalMs
    if (endMs !== state.endMs) begin(state, x, endMs - closeMs === state.intervalMs - state.barMs)
    else take(state, x)
    state.endMs = endMs
    if (closeMs === endMs) outputs[0] = state.aggregate === 'mean' ? state.value / state.count : state.value
  },
}

// History that begins inside a longer bar does not tell what the whole of it was; a bar that is missing later is just missing.
function begin(state: ResampleState, x: number, isAtStart: boolean): void {
  state.count = 1
  state.value = isAtStart || !Number.isNaN(state.endMs) ? x : NaN
}

function take(state: ResampleState, x: number): void {
  state.count++
  switch (state.aggregate) {
    case 'first':
      return
    case 'last':
      state.value = x
      return
    case 'highest':
      state.value = Math.max(state.value, x)
      return
    case 'lowest':
      state.value = Math.min(state.value, x)
      return
    default:
      state.value += x
  }
}
