import { formatInstant, QmtlError, type ErrorCause, type NodeId } from '@qmtl/contracts'
import type { Bar } from '@qmtl/market'
import { collectGraph, rowInputs } from '../graph/collect-graph.ts'
import { closesAt, type NodeSpec, type SeriesRef } from '../graph/node-spec.ts'
import { nodeFailure, type EvaluationOptions } from './node-failure.ts'
import { finiteOrNaN } from './run-kernel.ts'
import { barsKey } from './bars-key.ts'

/** A closed bar and whose it is. */
export interface SourceBar {
  readonly instrument: string
  readonly intervalMs: number
  readonly bar: Bar
}

/** A graph that is fed bar by bar and gives the values that `evaluateColumnar` gives, to the same bits. */
export interface StreamingEvaluator {
  /** The merged graph, inputs before their users. */
  readonly nodes: readonly NodeSpec[]
  readonly sources: readonly NodeSpec[]
  /** How often a node was run since the start: once per row, however many strategies use it. */
  readonly evaluations: number
  /**
   * Takes all bars that close at an instant (epoch ms UTC) and runs the nodes that have a row there, each once; gives their
   * number. Instants ascend strictly: bars of one instant come together, because a node over two of them runs once. Bars of
   * sources that the graph does not read are ignored. Throws `E_INVALID_DATA`, nothing changed, for an instant that is not
   * later, a bar that does not close there, or two bars of one source; and `E_NODE_FAILED`, all other nodes run, where
   * `onFailure` does not take it.
   */
  advance(closeTimeMs: number, bars: readonly SourceBar[]): number
  /** True where the last `advance` gave the node a row. */
  hasRow(node: NodeSpec): boolean
  /** The series' value at its node's latest row; `NaN` for none. */
  value(series: SeriesRef): number
}

interface Slot {
  readonly node: NodeSpec
  readonly inputs: readonly SlotInput[]
  readonly state: unknown
  readonly inputValues: Float64Array
  readonly values: Float64Array
  /** Close time of the latest row. */
  rowMs: number
}

interface SlotInput {
  readonly from: Slot
  readonly output: number
  /** Read its last value where it has no row. */
  readonly holds: boolean
}

/** Makes a fresh evaluator of everything the outputs need. */
export function createStreamingEvaluator(
  outputs: readonly NodeSpec[],
  options: EvaluationOptions = {},
): StreamingEvaluator {
  const nodes = collectGraph(outputs)
  const slots = createSlots(nodes)
  const slotOf = new Map(slots.map((slot) => [slot.node.id, slot]))
  const placeOf = createSourceIndex(nodes)
  const planFor = createPlanner(slots)
  let nowMs = -Infinity
  let evaluations = 0
  const find = (node: NodeSpec): Slot => {
    const slot = slotOf.get(node.id)
    if (slot === undefined) throw new RangeError(`node ${node.id} is not part of the evaluated graph`)
    return slot
  }
  return {
    nodes,
    sources: nodes.filter(({ kind }) => kind === 'source'),
    get evaluations() {
      return evaluations
    },
    advance(closeTimeMs, bars) {
      const taken = bars.filter((bar) => placeOf(bar) >= 0)
      const places = taken.map(placeOf)
      checkForward(nowMs, closeTimeMs)
      checkBars(taken, places, closeTimeMs)
      nowMs = closeTimeMs
      taken.forEach(({ bar }, index) => takeBar(slots[places[index]!]!, bar, closeTimeMs))
      const plan = planFor(places, closeTimeMs)
      evaluations += plan.rows + places.length
      runPlan(plan.slots, closeTimeMs, options)
      return plan.rows + places.length
    },
    hasRow: (node) => find(node).rowMs === nowMs,
    value({ node, output }) {
      const value = find(node).values[node.outputs.indexOf(output)]
      if (value === undefined) throw new RangeError(`node ${node.id} has no output '${output}'`)
      return value
    },
  }
}

/** Gives the place of the source that reads a bar; -1 where none does. */
function createSourceIndex(nodes: readonly NodeSpec[]): (bar: SourceBar) => number {
  // Two levels instead of a joined key: a key would be built for every bar.
  const places = new Map<string, Map<number, number>>()
  nodes.forEach(({ kind, instrument = '', intervalMs }, place) => {
    if (kind !== 'source') return
    const ofInstrument = places.get(instrument) ?? new Map<number, number>()
    places.set(instrument, ofInstrument.set(intervalMs, place))
  })
  return ({ instrument, intervalMs }) => places.get(instrument)?.get(intervalMs) ?? -1
}

function createSlots(nodes: readonly NodeSpec[]): readonly Slot[] {
  const places = new Map<NodeId, number>(nodes.map((node, place) => [node.id, place]))
  const slots: Slot[] = []
  for (const node of nodes) {
    const inputs = Object.values(node.inputs)
    slots.push({
      node,
      inputs: inputs.map((input) => ({
        from: slots[places.get(input.node.id)!]!,
        output: input.node.outputs.indexOf(input.output),
        holds: input.node.stepwise,
      })),
      state: node.operator?.init(node.settings),
      inputValues: new Float64Array(inputs.length + (node.operator?.readsTime === true ? 1 : 0)),
      values: new Float64Array(node.outputs.length).fill(NaN),
      rowMs: -Infinity,
    })
  }
  return slots
}

// Instruments mostly close in the same few groups, so a plan is found once per group.
const keptPlans = 256

interface StepPlan {
  /** Inputs first. */
  readonly slots: readonly Slot[]
  /** How many of them have a row; the others gather for one. */
  readonly rows: number
}

type Planner = (sources: readonly number[], closeTimeMs: number) => StepPlan

/** Gives what to run at an instant at which some sources (by place) have a row. */
function createPlanner(slots: readonly Slot[]): Planner {
  const rowUsers = rowUsersOf(slots)
  const gathering = slots.filter(({ node }) => node.gathers)
  const plans = new Map<string, StepPlan>()
  return (sources, closeTimeMs) => {
    const hasRow = ({ node }: Slot): boolean => !node.gathers || closesAt(node, closeTimeMs)
    const closing = gathering.map((slot) => Number(hasRow(slot))).join('')
    const key = `${sources.toSorted((a, b) => a - b).join(',')}:${closing}`
    const known = plans.get(key)
    if (known !== undefined) return known
    const reached = new Set<number>()
    // A set that grows while it is walked visits what is added.
    for (const source of sources) for (const user of rowUsers[source]!) reached.add(user)
    for (const place of reached) {
      if (hasRow(slots[place]!)) for (const user of rowUsers[place]!) reached.add(user)
    }
    const run = [...reached].sort((a, b) => a - b).map((place) => slots[place]!)
    const plan = { slots: run, rows: run.filter(hasRow).length }
    if (plans.size >= keptPlans) plans.clear()
    plans.set(key, plan)
    return plan
  }
}

function rowUsersOf(slots: readonly Slot[]): readonly (readonly number[])[] {
  const places = new Map(slots.map((slot, place) => [slot.node.id, place]))
  const users = slots.map((): number[] => [])
  slots.forEach(({ node }, place) => {
    for (const input of rowInputs(node)) users[places.get(input.node.id)!]!.push(place)
  })
  return users
}

function checkForward(nowMs: number, closeTimeMs: number): void {
  if (!(closeTimeMs > nowMs && Number.isSafeInteger(closeTimeMs))) {
    throw new QmtlError('E_INVALID_DATA', `a step to ${closeTimeMs} ms after one to ${nowMs} ms; steps go forward`)
  }
}

function checkBars(bars: readonly SourceBar[], places: readonly number[], closeTimeMs: number): void {
  const causes: ErrorCause[] = []
  const seen = new Set<number>()
  bars.forEach((each, index) => {
    const closed = each.bar.openTimeMs + each.intervalMs
    if (closed !== closeTimeMs)
      causes.push({ path: barsKey(each), message: 'the bar closes at another time', value: closed })
    if (seen.has(places[index]!)) causes.push({ path: barsKey(each), message: 'two bars of one source' })
    seen.add(places[index]!)
  })
  if (causes.length === 0) return
  const list = causes.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new QmtlError('E_INVALID_DATA', `bars closing ${formatInstant(closeTimeMs)}: ${list}`, { errors: causes })
}

function takeBar(slot: Slot, bar: Bar, closeTimeMs: number): void {
  const { values } = slot
  values[0] = bar.open
  values[1] = bar.high
  values[2] = bar.low
  values[3] = bar.close
  values[4] = bar.volume
  slot.rowMs = closeTimeMs
}

function runPlan(plan: readonly Slot[], closeTimeMs: number, { onFailure }: EvaluationOptions): void {
  let first: QmtlError | undefined
  for (const slot of plan) {
    try {
      runSlot(slot, closeTimeMs)
    } catch (cause) {
      slot.values.fill(NaN)
      const failure = nodeFailure(slot.node, closeTimeMs, cause)
      if (onFailure === undefined) first ??= failure
      else onFailure(failure)
    }
  }
  if (first !== undefined) throw first
}

function runSlot(slot: Slot, closeTimeMs: number): void {
  const { node, inputs, inputValues, values } = slot
  if (!node.gathers || closesAt(node, closeTimeMs)) slot.rowMs = closeTimeMs
  for (let index = 0; index < inputs.length; index++) {
    const { from, output, holds } = inputs[index]!
    inputValues[index] = holds || from.rowMs === closeTimeMs ? from.values[output]! : NaN
  }
  if (node.operator === undefined) {
    values.set(inputValues)
    return
  }
  if (node.operator.readsTime === true) inputValues[inputs.length] = closeTimeMs
  node.operator.step(slot.state, inputValues, values)
  for (let index = 0; index < values.length; index++) values[index] = finiteOrNaN(values[index]!)
}
