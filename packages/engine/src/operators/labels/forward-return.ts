import type { Series, Timing } from '../../graph/node-spec.ts'
import { simpleReturn } from '../rolling/change.ts'
import { labelSeries, type LabelKernel } from './label-node.ts'

export const forward: LabelKernel<undefined, 'value'> = {
  name: 'forward_return',
  version: 1,
  outputs: ['value'],
  init: () => undefined,
  step(_state, inputs, outputs) {
    outputs[0] = inputs[0]!
  },
}

/**
 * A label: the change over the `bars` bars (1 to 9 999) after a bar, as a fraction of that bar's value. It is known when they
 * have closed, so the row of a bar describes the one `bars` bars ago; pair it with `lag(feature, bars)`. Its value is that of
 * the node of `simpleReturn(x, bars)`.
 */
export function forwardReturn<T extends Timing>(x: Series<T>, bars = 1): Series<'delayed'> {
  const inputs = { change: simpleReturn(x, bars) }
  return labelSeries({ kernel: forward, horizon: bars, period: 1, settings: {}, inputs }).value
}
