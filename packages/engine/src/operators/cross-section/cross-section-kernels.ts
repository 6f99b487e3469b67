import type { Operator } from '../../graph/node-spec.ts'
import type { ParameterValues } from '../../graph/parameters.ts'

type UniverseParams = ParameterValues & { readonly members: number }

/** A kernel that compares the members of a universe on each bar: as many inputs as outputs, in one order. */
export interface UniverseKernel<State = unknown> extends Operator<UniverseParams, State> {
  readonly name: string
  readonly version: number
}

interface RankState {
  /** The values that there are, ascending. */
  readonly sorted: Float64Array
  count: number
}

export const crossRank: UniverseKernel<RankState> = {
  name: 'cross_sectional_rank',
  version: 1,
  init: ({ members }) => ({ sorted: new Float64Array(members), count: 0 }),
  step(state, inputs, outputs) {
    sort(state, inputs)
    const others = state.count - 1
    for (let index = 0; index < inputs.length; index++) {
      const x = inputs[index]!
      if (Number.isNaN(x) || others < 1) {
        outputs[index] = NaN
        continue
      }
      const below = countBelow(state, x, false)
      const equal = countBelow(state, x, true) - below - 1
      outputs[index] = (below + equal / 2) / others
    }
  },
}

function sort(state: RankState, inputs: Float64Array): void {
  const { sorted } = state
  state.count = 0
  for (let index = 0; index < inputs.length; index++) {
    const x = inputs[index]!
    if (Number.isNaN(x)) continue
    const place = countBelow(state, x, true)
    sorted.copyWithin(place + 1, place, state.count)
    sorted[place] = x
    state.count++
  }
}

/** How many of the sorted values are below `x`, or also those equal to it. */
function countBelow({ sorted, count }: RankState, x: number, orEqual: boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    const value = sorted[middle]!
    if (value < x || (orEqual && value === x)) low = middle + 1
    else high = middle
  }
  return low
}

export const crossZScore: UniverseKernel<undefined> = {
  name: 'cross_sectional_z_score',
  version: 1,
  init: () => undefined,
  step(_state, inputs, outputs) {
    const anchor = firstKnown(inputs)
    let count = 0
    let sum = 0
    for (let index = 0; index < inputs.length; index++) {
      if (Number.isNaN(inputs[index]!)) continue
      count++
      sum += inputs[index]! - anchor
    }
    const mean = sum / count
    let squares = 0
    for (let index = 0; index < inputs.length; index++) {
      const away = inputs[index]! - anchor - mean
      if (!Number.isNaN(away)) squares += away * away
    }
    const deviation = Math.sqrt(squares / count)
    // Nothing is apart from what is all equal: 0 / 0 is no value.
    for (let index = 0; index < inputs.length; index++) outputs[index] = (inputs[index]! - anchor - mean) / deviation
  },
}

// Distances from one of the values: equal ones are exactly 0 apart.
function firstKnown(inputs: Float64Array): number {
  for (let index = 0; index < inputs.length; index++) if (!Number.isNaN(inputs[index]!)) return inputs[index]!
  return NaN
}
