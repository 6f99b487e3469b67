import type { ParameterValues } from '../../graph/parameters.ts'
import type { LabelKernel } from './label-node.ts'

/** What is frozen at an entry, a ring per figure; a constant or absent figure is the same on every bar. */
interface BarrierState {
  readonly isPrice: boolean
  readonly horizon: number
  readonly adjustment: number
  readonly side: Figure
  readonly profit: Figure
  readonly stop: Figure
  readonly prices: Float64Array
  /** The entry of this step. */
  readonly entry: Entry
  next: number
  /** Prices since the start or the last gap. */
  count: number
}

interface Figure {
  /** Place of its input; -1 for a constant. */
  readonly place: number
  /** One for each price, the same place; for a constant it is filled. */
  readonly values: Float64Array
}

/** An entry and what it takes to end it, long and short alike: gains grow towards the target and fall towards the floor. */
interface Entry {
  price: number
  side: number
  /** What costs take from each gain. */
  cost: number
  target: number
  floor: number
}

type BarrierOutput = 'outcome' | 'grossOutcome' | 'grossReturn' | 'netReturn' | 'bars' | 'netOnlyStop'

export const barriers: LabelKernel<BarrierState, BarrierOutput> = {
  name: 'triple_barrier',
  version: 1,
  outputs: ['outcome', 'grossOutcome', 'grossReturn', 'netReturn', 'bars', 'netOnlyStop'],
  init(params) {
    const horizon = Number(params['horizon'])
    const names = ['side', 'profit', 'stop'].filter((name) => params[name] === undefined && isGiven(params, name))
    const figure = (name: string): Figure => ({
      place: names.includes(name) ? names.indexOf(name) + 1 : -1,
      values: new Float64Array(horizon + 1).fill(Number(params[name] ?? NaN)),
    })
    return {
      isPrice: params['mode'] === 'price',
      horizon,
      adjustment: Number(params['cost']) + Number(params['edge']),
      side: figure('side'),
      profit: figure('profit'),
      stop: figure('stop'),
      prices: new Float64Array(horizon + 1),
      entry: { price: 0, side: 0, cost: 0, target: 0, floor: 0 },
      next: 0,
      count: 0,
    }
  },
  step(state, inputs, outputs) {
    const { prices, next, horizon } = state
    const price = inputs[0]!
    prices[next] = price
    note(state.side, next, inputs)
    note(state.profit, next, inputs)
    note(state.stop, next, inputs)
    state.next = next === horizon ? 0 : next + 1
    state.count = Number.isNaN(price) ? 0 : state.count + 1
    if (state.count > horizon && enter(state)) resolve(state, outputs)
    else outputs.fill(NaN)
  },
}

/** Of the barriers, `barriers` says which there are; the side is always there. */
function isGiven(params: ParameterValues, name: string): boolean {
  return name === 'side' || params['barriers'] === 'both' || params['barriers'] === name
}

function note({ place, values }: Figure, next: number, inputs: Float64Array): void {
  if (place >= 0) values[next] = inputs[place]!
}

/** Takes up the entry on the oldest bar; false where there is none. */
function enter({ isPrice, adjustment, side, profit, stop, prices, entry, next }: BarrierState): boolean {
  const price = prices[next]!
  const sign = Math.sign(side.values[next]!)
  const target = profit.values[next]!
  const floor = stop.values[next]!
  if (!(price > 0) || !(sign !== 0)) return false
  if (Number.isNaN(sign) || isMissing(profit, target) || isMissing(stop, floor)) return false
  entry.price = price
  entry.side = sign
  entry.cost = isPrice ? price * adjustment : adjustment
  // An absent barrier is `NaN`, which no comparison reaches.
  entry.target = isPrice ? sign * target : target
  entry.floor = isPrice ? sign * floor : -floor
  return true
}

function isMissing({ place }: Figure, value: number): boolean {
  return place >= 0 && Number.isNaN(value)
}

function resolve(state: BarrierState, outputs: Float64Array): void {
  const { isPrice, horizon, adjustment, prices, entry, next } = state
  const { price, side, cost } = entry
  let bars = 0
  let outcome = 0
  let gain = 0
  let grossReturn = 0
  while (bars < horizon && outcome === 0) {
    bars++
    const seen = prices[next + bars > horizon ? next + bars - horizon - 1 : next + bars]!
    grossReturn = (side * (seen - price)) / price
    gain = isPrice ? side * seen : grossReturn
    outcome = outcomeOf(entry, gain - cost)
  }
  const grossOutcome = outcomeOf(entry, gain)
  outputs[0] = outcome
  outputs[1] = grossOutcome
  outputs[2] = grossReturn
  outputs[3] = grossReturn - adjustment
  outputs[4] = bars
  outputs[5] = outcome === -1 && grossOutcome === 0 ? 1 : 0
}

// The profit is tested before the stop.
function outcomeOf(entry: Entry, gain: number): 1 | 0 | -1 {
  if (gain >= entry.target) return 1
  return gain <= entry.floor ? -1 : 0
}
