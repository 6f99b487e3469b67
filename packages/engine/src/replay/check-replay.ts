import { QmtlError } from '@qmtl/contracts'
import { barsBetween, type BarColumns } from '@qmtl/market'
import { evaluateColumnar, type ColumnarResult } from '../evaluate/evaluate-columnar.ts'
import { nodeLabel, type NodeSpec } from '../graph/node-spec.ts'

/** A value that is another one when later bars are not there yet. */
export interface ReplayFinding {
  readonly node: NodeSpec
  readonly output: string
  /** Close of the bar of the value, epoch milliseconds UTC. */
  readonly closeTimeMs: number
  /** Close of the last bar that the replay had. */
  readonly knownUntilMs: number
  /** With all bars; `NaN` is no value. */
  readonly whole: number
  /** With the bars until then. */
  readonly replayed: number
}

export interface ReplayCheck {
  /** Instants at which history was cut off, epoch milliseconds UTC, ascending. */
  readonly cutsMs: readonly number[]
  /** Nodes whose values were compared at every bar up to each cut. */
  readonly nodes: number
  /** The earliest of each node that looks ahead by itself; what is only computed from such a node is not listed. */
  readonly findings: readonly ReplayFinding[]
}

export interface ReplayOptions {
  /** Values of the graph over the same bars, where the caller has them already. */
  readonly evaluated?: ColumnarResult
  /** How many bars to cut at, at least 1. Default 8. */
  readonly cuts?: number
}

const defaultCuts = 8

/**
 * Computes a graph again as if it were earlier: with the bars closed by each of some sampled instants, spread evenly over the
 * bars and the last one left out. A value that then differs used bars that had not closed, chance or a hidden state. Pure
 * code gives no finding. Throws what `evaluateColumnar` throws, and `E_INVALID_PARAMETER` for `cuts` below 1.
 */
export function checkReplay(
  outputs: readonly NodeSpec[],
  data: readonly BarColumns[],
  { evaluated, cuts = defaultCuts }: ReplayOptions = {},
): ReplayCheck {
  if (!Number.isSafeInteger(cuts) || cuts < 1) {
    throw new QmtlError('E_INVALID_PARAMETER', `a replay check at ${cuts} bars; give a whole number from 1 on`)
  }
  const whole = evaluated ?? evaluateColumnar(outputs, data)
  const cutsMs = sampleInstants(whole, cuts)
  const found = new Map<NodeSpec, ReplayFinding>()
  for (const untilMs of cutsMs) {
    const known = data.map((columns) => barsBetween(columns, -Infinity, untilMs))
    for (const finding of differences(whole, evaluateColumnar(outputs, known), untilMs)) {
      const earlier = found.get(finding.node)
      if (earlier === undefined || finding.closeTimeMs < earlier.closeTimeMs) found.set(finding.node, finding)
    }
  }
  return { cutsMs, nodes: whole.nodes.length, findings: [...found.values()] }
}

/** A finding in one line, as remarks and errors tell it. */
export function replayFindingText({ node, output, whole, replayed }: ReplayFinding): string {
  const name = node.outputs.length === 1 ? nodeLabel(node) : `${nodeLabel(node)}.${output}`
  return `node '${name}' has ${valueText(whole)} with all bars, ${valueText(replayed)} without later ones`
}

function valueText(value: number): string {
  return Number.isNaN(value) ? 'no value' : String(value)
}

function sampleInstants({ nodes, rowsOf }: ColumnarResult, cuts: number): readonly number[] {
  let longest = new Float64Array()
  for (const node of nodes) {
    const rows = rowsOf(node)
    if (rows.length > longest.length) longest = new Float64Array(rows)
  }
  const picked = Array.from({ length: cuts }, (_, cut) => Math.floor(((cut + 1) * longest.length) / (cuts + 1)))
  return [...new Set(picked)].map((row) => longest[row]).filter((time) => time !== undefined)
}

/** The first difference of each node whose inputs have none. */
function differences(whole: ColumnarResult, replayed: ColumnarResult, untilMs: number): readonly ReplayFinding[] {
  const differing = new Set<NodeSpec['id']>()
  const findings: ReplayFinding[] = []
  for (const node of whole.nodes) {
    const first = firstDifference(node, whole, replayed)
    const isFollowing = Object.values(node.inputs).some((input) => differing.has(input.node.id))
    if (first !== undefined || isFollowing) differing.add(node.id)
    if (first !== undefined && !isFollowing) findings.push({ node, ...first, knownUntilMs: untilMs })
  }
  return findings
}

function firstDifference(
  node: NodeSpec,
  whole: ColumnarResult,
  replayed: ColumnarResult,
): Omit<ReplayFinding, 'node' | 'knownUntilMs'> | undefined {
  const rows = replayed.rowsOf(node)
  const pairs = node.outputs.map((output) => {
    const series = { node, output }
    return { output, all: whole.column(series), some: replayed.column(series) }
  })
  for (let row = 0; row < rows.length; row++) {
    for (const { output, all, some } of pairs) {
      if (!Object.is(all[row], some[row])) {
        return { output, closeTimeMs: rows[row]!, whole: all[row]!, replayed: some[row]! }
      }
    }
  }
  return undefined
}
