import type { Series, Timing } from '../../graph/node-spec.ts'
import { choice } from '../../graph/parameters.ts'
import { defineMultiOperator, defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { addProduct, addTo, clearSum, emptySum, totalOf, type CompensatedSum } from './compensated-sum.ts'

/** The last values and the sums of a line over them; the oldest has place 0. Sums are of distances from an anchor. */
interface LineState {
  readonly values: Float64Array
  next: number
  count: number
  anchor: number
  readonly distance: CompensatedSum
  readonly square: CompensatedSum
  /** Sum of place × distance. */
  readonly product: CompensatedSum
}

// Below this share of the mean square, the variance is a difference of nearly equal numbers.
const cancellation = 1e-3

const lines = defineMultiOperator({
  name: 'linear_regression',
  version: 1,
  params: { window: windowParameter({ min: 2 }) },
  roles: ['x'],
  outputs: ['slope', 'intercept', 'value', 'r2'],
  period: ({ window }) => window,
  init: ({ window }): LineState => ({
    values: new Float64Array(window),
    next: 0,
    count: 0,
    anchor: 0,
    distance: emptySum(),
    square: emptySum(),
    product: emptySum(),
  }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    if (Number.isNaN(x)) {
      state.count = 0
      state.next = 0
    } else {
      slide(state, x)
    }
    if (state.count === state.values.length) fit(state, outputs)
    else outputs.fill(NaN)
  },
})

/**
 * The line of least squares through the last `window` values (2 to 10 000), one step per bar: its `slope` per bar, its
 * `intercept` at the oldest bar of the window, its `value` at this bar, and `r2`, the share of the variance it explains (no
 * value where all values are equal). A `NaN` empties the window.
 */
export function linearRegression<T extends Timing>(
  x: Series<T>,
  window: number,
): Readonly<Record<'slope' | 'intercept' | 'value' | 'r2', Series<T>>> {
  return lines.series({ x }, { window })
}

const angles = defineOperator({
  name: 'angle',
  version: 1,
  params: { unit: choice(['degrees', 'radians'], { default: 'degrees' }) },
  roles: ['slope'],
  period: () => 1,
  init: ({ unit }) => ({ factor: unit === 'degrees' ? 180 / Math.PI : 1 }),
  step(state, inputs, outputs) {
    outputs[0] = Math.atan(inputs[0]!) * state.factor
  },
})

export interface AngleOptions {
  /** `degrees` where it is left out. */
  readonly unit?: 'degrees' | 'radians'
}

/** The angle of `linearRegression(x, window).slope`, -90° to 90°. It depends on the unit of `x`: of prices, take a ratio. */
export function angle<T extends Timing>(
  x: Series<T>,
  window: number,
  { unit = 'degrees' }: AngleOptions = {},
): Series<T> {
  return angles.series({ slope: linearRegression(x, window).slope }, { unit })
}

function slide(state: LineState, x: number): void {
  const { values, next, distance, square, product } = state
  const size = values.length
  if (state.count < size) {
    state.count++
  } else {
    const gone = values[next]! - state.anchor
    const come = x - state.anchor
    addTo(distance, -gone)
    addTo(square, -gone * gone)
    // Every value that stays moves one place down.
    addTo(product, -distance.sum)
    addTo(product, -distance.error)
    addProduct(product, size - 1, come)
    addTo(distance, come)
    addTo(square, come * come)
  }
  values[next] = x
  state.next = next + 1 === size ? 0 : next + 1
  if (state.next === 0) addAnew(state)
}

function fit(state: LineState, outputs: Float64Array): void {
  if (isCancelled(state)) addAnew(state)
  const size = state.values.length
  const mean = totalOf(state.distance) / size
  const middle = (size - 1) / 2
  const variance = totalOf(state.square) / size - mean * mean
  const spread = (size * size - 1) / 12
  const joint = totalOf(state.product) / size - middle * mean
  const slope = joint / spread
  outputs[0] = slope
  outputs[1] = state.anchor + mean - slope * middle
  outputs[2] = state.anchor + mean + slope * middle
  outputs[3] = Math.min(1, (joint * joint) / (spread * variance))
}

function isCancelled({ values, distance, square }: LineState): boolean {
  const mean = totalOf(distance) / values.length
  const meanSquare = totalOf(square) / values.length
  return !(meanSquare - mean * mean >= cancellation * meanSquare)
}

// Called with a full window only.
function addAnew(state: LineState): void {
  const { values, next, distance, square, product } = state
  const size = values.length
  const first = values[0]!
  let shift = 0
  for (let index = 0; index < size; index++) shift += values[index]! - first
  state.anchor = first + shift / size
  clearSum(distance)
  clearSum(square)
  clearSum(product)
  for (let place = 0; place < size; place++) {
    const index = next + place
    const away = values[index < size ? index : index - size]! - state.anchor
    addTo(distance, away)
    addTo(square, away * away)
    addProduct(product, place, away)
  }
}
