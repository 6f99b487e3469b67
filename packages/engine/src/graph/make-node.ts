import {
  documentHash,
  formatInterval,
  nodeIdOf,
  QmtlError,
  sha256hex,
  canonicalJson,
  type ErrorCause,
  type JsonObject,
  type NodeId,
  type NodeKind,
} from '@qmtl/contracts'
import { nodeLabel, type NodeSpec, type Operator, type SeriesRef } from './node-spec.ts'
import { invalidParameters, longestPeriod, type ParameterValues } from './parameters.ts'

/** What a builder decides about a node; the rest (id, interval, timing) follows from it. */
interface NodeDraft {
  readonly nodeType: string
  readonly kind: NodeKind
  /** The interval of a source or an aligned series; elsewhere it is that of the inputs. */
  readonly intervalMs?: number
  readonly period: number
  readonly settings: ParameterValues
  readonly inputs: Readonly<Record<string, SeriesRef>>
  readonly outputs?: readonly string[]
  readonly operator?: Operator
  readonly codeHash: string
  readonly schema?: string
  readonly tags?: readonly string[]
  readonly name?: string
  readonly instrument?: string
  /** Bars that a label looks ahead of the bar it describes. */
  readonly labelDelay?: number
  readonly stepwise?: boolean
  readonly gathers?: boolean
  /** A value depends on earlier bars, whatever the period: a count, a recursion. */
  readonly recursive?: boolean
}

const singleOutput = ['value'] as const

/**
 * Builds a frozen node and its id. Throws `E_INVALID_PARAMETER` for inputs that are no series, bad tags or a period outside
 * [0, 10 000], and `E_MIXED_INTERVALS` where the inputs have no common interval or none has bars of it.
 */
export function makeNode(draft: NodeDraft): NodeSpec {
  checkDraft(draft)
  const outputs = draft.outputs ?? singleOutput
  const intervalMs = draft.intervalMs ?? commonInterval(draft)
  const schemaCompatId = draft.schema ?? seriesSchema(outputs)
  const params = wireParams(draft)
  const inputs = Object.values(draft.inputs)
  const identity = {
    node_type: draft.nodeType,
    interval: intervalMs / 1000,
    period: draft.period,
    params,
    dependencies: dependencyIds(draft.inputs),
    schema_compat_id: schemaCompatId,
    code_hash: draft.codeHash,
  }
  return Object.freeze({
    id: nodeIdOf(identity),
    nodeType: draft.nodeType,
    kind: draft.kind,
    intervalMs,
    period: draft.period,
    settings: draft.settings,
    params,
    inputs: Object.freeze({ ...draft.inputs }),
    outputs: Object.freeze([...outputs]),
    operator: draft.operator,
    codeHash: draft.codeHash,
    schemaCompatId,
    tags: Object.freeze([...(draft.tags ?? [])]),
    ...(draft.name === undefined ? {} : { name: draft.name }),
    ...(draft.instrument === undefined ? {} : { instrument: draft.instrument }),
    delayed: draft.labelDelay !== undefined || inputs.some(({ node }) => node.delayed),
    stepwise: draft.stepwise ?? isStepwise(draft),
    gathers: draft.gathers ?? false,
  })
}

/** `code_hash` of an operator of QMTL: its name and version stand for its code, which may not change under them. */
export function builtInCodeHash(operator: string, version: number): string {
  return sha256hex(canonicalJson({ operator, version }))
}

/** `schema_hash` of a node. */
export function schemaHash(node: NodeSpec): string {
  return documentHash({ schema_compat_id: node.schemaCompatId, outputs: node.outputs })
}

/** The nodes that the inputs name, each once: `params.inputs` tells which role reads which. */
export function dependencyIds(inputs: NodeSpec['inputs']): readonly NodeId[] {
  return [...new Set(Object.values(inputs).map(({ node }) => node.id))]
}

/** True for a handle on an output that its node has. */
export function isSeriesRef(value: unknown): value is SeriesRef {
  if (typeof value !== 'object' || value === null || !('node' in value) || !('output' in value)) return false
  const { node, output } = value
  return (
    typeof node === 'object' &&
    node !== null &&
    'outputs' in node &&
    Array.isArray(node.outputs) &&
    node.outputs.includes(output)
  )
}

function checkDraft(draft: NodeDraft): void {
  const causes: ErrorCause[] = []
  for (const [role, series] of Object.entries<unknown>(draft.inputs)) {
    if (!isSeriesRef(series))
      causes.push({ path: role, message: 'must be a series, such as price.close', value: series })
  }
  if (!Number.isSafeInteger(draft.period) || draft.period < 0 || draft.period > longestPeriod) {
    causes.push({
      path: 'period',
      message: `must be a whole number of at most ${longestPeriod} bars`,
      value: draft.period,
    })
  }
  causes.push(...tagFaults(draft.tags ?? []))
  if (causes.length > 0) throw invalidParameters(nodeLabel(draft), causes)
}

function tagFaults(tags: readonly string[]): readonly ErrorCause[] {
  return tags.flatMap((tag, index) => {
    if (!/^[A-Za-z0-9_.-]{1,100}$/.test(tag)) {
      return [{ path: `tags[${index}]`, message: 'must be 1 to 100 letters, digits, _, . or -', value: tag }]
    }
    return tags.indexOf(tag) === index ? [] : [{ path: `tags[${index}]`, message: 'is listed twice', value: tag }]
  })
}

function commonInterval(draft: NodeDraft): number {
  const [[firstRole, first] = ['', undefined], ...others] = Object.entries(draft.inputs)
  if (first === undefined)
    throw invalidParameters(nodeLabel(draft), [{ path: 'inputs', message: 'at least one is needed' }])
  const other = others.find(([, { node }]) => node.intervalMs !== first.node.intervalMs)
  if (other !== undefined) throw mixedIntervals(draft, [firstRole, first], other)
  if (isStepwise(draft) && (draft.period > 1 || draft.recursive === true)) throw withoutBars(draft, first.node)
  return first.node.intervalMs
}

type RoleSeries = readonly [role: string, series: SeriesRef]

function mixedIntervals(draft: NodeDraft, [roleA, a]: RoleSeries, [roleB, b]: RoleSeries): QmtlError {
  const intervals = [formatInterval(a.node.intervalMs), formatInterval(b.node.intervalMs)] as const
  return new QmtlError(
    'E_MIXED_INTERVALS',
    `${nodeLabel(draft)}: ${roleA} has bars of ${intervals[0]}, ${roleB} of ${intervals[1]}`,
    {
      errors: [
        { path: roleA, message: 'interval', value: intervals[0] },
        { path: roleB, message: 'interval', value: intervals[1] },
      ],
      hint: `bring them to one interval: align(${roleB}, '${intervals[0]}') or align(${roleA}, '${intervals[1]}')`,
    },
  )
}

function withoutBars(draft: NodeDraft, aligned: NodeSpec): QmtlError {
  const interval = formatInterval(aligned.intervalMs)
  return new QmtlError(
    'E_MIXED_INTERVALS',
    `${nodeLabel(draft)} needs ${draft.recursive === true ? 'the earlier' : draft.period} bars of ${interval}, but its inputs are only aligned to ${interval} and have no such bars`,
    {
      hint: `compute ${nodeLabel(draft)} at the inputs' own interval and align its result, or wire in a series of ${interval} bars too`,
    },
  )
}

function isStepwise(draft: NodeDraft): boolean {
  const inputs = Object.values(draft.inputs)
  return inputs.length > 0 && inputs.every(({ node }) => node.stepwise)
}

function wireParams({ settings, inputs, labelDelay }: NodeDraft): JsonObject {
  const roles = Object.entries(inputs).map(
    ([role, { node, output }]) => [role, Object.freeze({ node: node.id, output })] as const,
  )
  return Object.freeze({
    ...settings,
    ...(roles.length === 0 ? {} : { inputs: Object.freeze(Object.fromEntries(roles)) }),
    ...(labelDelay === undefined ? {} : { label_delay: labelDelay }),
  })
}

// The names of several outputs are part of the schema: they are not part of an author's code.
function seriesSchema(outputs: readonly string[]): string {
  return outputs.length === 1 && outputs[0] === 'value' ? 'series/v1' : `series/v1:${outputs.join(',')}`
}
