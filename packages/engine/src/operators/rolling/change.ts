import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'

/** The last `bars` values, oldest at `next`. They start as `NaN`, so what they give needs no count of its own. */
interface LagRing {
  readonly values: Float64Array
  next: number
}

function lagRing(bars: number): LagRing {
  return { values: new Float64Array(bars).fill(NaN), next: 0 }
}

/** Takes a value in and gives the one that came `bars` values before it. */
function exchange(ring: LagRing, value: number): number {
  const { values, next } = ring
  const gone = values[next]!
  values[next] = value
  ring.next = next + 1 === values.length ? 0 : next + 1
  return gone
}

const lagged = defineOperator({
  name: 'lag',
  version: 1,
  params: { bars: windowParameter({ spare: 1 }) },
  roles: ['x'],
  period: ({ bars }) => bars + 1,
  init: ({ bars }): LagRing => lagRing(bars),
  step(state, inputs, outputs) {
    outputs[0] = exchange(state, inputs[0]!)
  },
})

const difference = defineOperator({
  name: 'diff',
  version: 1,
  params: { bars: windowParameter({ spare: 1 }) },
  roles: ['x'],
  period: ({ bars }) => bars + 1,
  init: ({ bars }): LagRing => lagRing(bars),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    outputs[0] = x - exchange(state, x)
  },
})

const relative = defineOperator({
  name: 'simple_return',
  version: 1,
  params: { bars: windowParameter({ spare: 1 }) },
  roles: ['x'],
  period: ({ bars }) => bars + 1,
  init: ({ bars }): LagRing => lagRing(bars),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const before = exchange(state, x)
    outputs[0] = (x - before) / before
  },
})

const logarithmic = defineOperator({
  name: 'log_return',
  version: 1,
  params: { bars: windowParameter({ spare: 1 }) },
  roles: ['x'],
  period: ({ bars }) => bars + 1,
  init: ({ bars }): LagRing => lagRing(bars),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const before = exchange(state, x)
    outputs[0] = x > 0 && before > 0 ? Math.log(x / before) : NaN
  },
})

/** The value `bars` bars ago (1 to 9 999); no value where that bar had none. */
export function lag<T extends Timing>(x: Series<T>, bars = 1): Series<T> {
  return lagged.series({ x }, { bars })
}

/** The value less the one `bars` bars ago (1 to 9 999); no value where either has none. */
export function diff<T extends Timing>(x: Series<T>, bars = 1): Series<T> {
  return difference.series({ x }, { bars })
}

/** The value less the one `bars` bars ago, 10 where it is left out: the node of `diff(x, bars)`. */
export function momentum<T extends Timing>(x: Series<T>, bars = 10): Series<T> {
  return diff(x, bars)
}

/** The change over `bars` bars (1 to 9 999) as a fraction of the value before; no value where that is 0. */
export function simpleReturn<T extends Timing>(x: Series<T>, bars = 1): Series<T> {
  return relative.series({ x }, { bars })
}

/** Natural logarithm of the ratio to the value `bars` bars ago (1 to 9 999); no value where one of them is not above 0. */
export function logReturn<T extends Timing>(x: Series<T>, bars = 1): Series<T> {
  return logarithmic.series({ x }, { bars })
}

/** The change over `bars` bars, 10 where it is left out, in percent of the value before: `simpleReturn(x, bars) × 100`. */
export function rateOfChange<T extends Timing>(x: Series<T>, bars = 10): Series<T> {
  return simpleReturn(x, bars).times(100)
}
