import { Compile } from 'typebox/compile'
import { createCauseList, mostCauses, type CauseList } from '../errors/cause-list.ts'
import { QmtlError } from '../errors/qmtl-error.ts'
import { schemaCauses } from '../api/schema-causes.ts'
import { excludedParamPaths, tagList } from '../identity/canonical-params.ts'
import { dependenciesOf, nodeIdOf } from '../identity/node-id.ts'
import { deepestJson, isDeeperThan } from '../json/json-depth.ts'
import { isJsonObject } from '../types.ts'
import { dagSchema, dagVersionOf, type Dag, type DagNode } from './dag.ts'
import { dagHashOf, nodeIdsCrc32 } from '../identity/record-keys.ts'

export interface ValidDag {
  readonly dag: Dag
  /** Nodes so that each comes after those it depends on; ties in submission order. */
  readonly ordered: readonly DagNode[]
  readonly dagHash: string
  /** CRC-32 of the node ids in submission order. */
  readonly crc32: number
  /** What a client should know though nothing is refused, such as parameters that the id does not cover; at most 50. */
  readonly warnings: readonly string[]
}

export interface DagLimits {
  readonly maxNodes: number
}

const validator = Compile(dagSchema)
/** A submission's warnings are kept with it and come back in every list. */
const mostWarnings = 50
const supportedVersions = new Set<unknown>(['v1', '1', '1.0', 1])

/**
 * Checks a submitted DAG and recomputes every id. All nodes are examined; one error is thrown with the causes, at most 50,
 * of the first kind found, in this order: shape (`E_INVALID_DAG`, `E_SCHEMA_INVALID`), identity fields, schema conflict,
 * checksum, id mismatch, repeated node (`E_INVALID_DAG`), unknown dependency, cycle, label reaching an intent. `crc32` is
 * compared when a client sent one.
 */
export function validateDag(input: unknown, limits: DagLimits, crc32?: number): ValidDag {
  refuseWrongShape(input, limits)
  refuseIdentityGaps(input)
  const dag = parseDag(input)
  const ids = dag.nodes.map((node) => node.node_id)
  const sum = nodeIdsCrc32(ids)
  if (crc32 !== undefined && crc32 !== sum) {
    throw new QmtlError('E_CHECKSUM_MISMATCH', `node_ids_crc32 is ${crc32}, the ids sent give ${sum}`)
  }
  refuseWrongIds(dag.nodes)
  const ordered = topologicalOrder(dag.nodes)
  refuseDelayedInputs(ordered)
  const dagHash = dagHashOf({ name: dag.name, version: dagVersionOf(dag), nodeIds: ids })
  return { dag, ordered, dagHash, crc32: sum, warnings: warningsOf(dag.nodes) }
}

/**
 * Nodes in dependency order. Throws `E_INVALID_DAG` for a node that is there twice, `E_UNKNOWN_NODE` for a dependency that
 * is not among them and `E_DAG_CYCLE`.
 */
export function topologicalOrder(nodes: readonly DagNode[]): readonly DagNode[] {
  const byId = new Map<string, Place>()
  for (const node of nodes) byId.set(node.node_id, { node, dependents: [], waitsFor: 0 })
  refuseRepeats(nodes, byId.size)
  refuseUnknownDependencies(nodes, byId)
  const ready: Place[] = []
  for (const place of byId.values()) {
    for (const id of new Set(dependenciesOf(place.node))) {
      byId.get(id)?.dependents.push(place)
      place.waitsFor += 1
    }
    if (place.waitsFor === 0) ready.push(place)
  }
  for (const { dependents } of ready) {
    for (const dependent of dependents) {
      dependent.waitsFor -= 1
      if (dependent.waitsFor === 0) ready.push(dependent)
    }
  }
  if (ready.length < byId.size) throw cycleError([...byId].filter(([, { waitsFor }]) => waitsFor > 0).map(([id]) => id))
  return ready.map(({ node }) => node)
}

/** A node while the order is made. */
interface Place {
  readonly node: DagNode
  readonly dependents: Place[]
  /** Dependencies that are not placed yet. */
  waitsFor: number
}

function refuseWrongShape(input: unknown, { maxNodes }: DagLimits): asserts input is Record<string, unknown> {
  if (!isJsonObject(input)) throw new QmtlError('E_INVALID_DAG', 'the DAG is not a JSON object')
  if (!Array.isArray(input['nodes'])) throw new QmtlError('E_INVALID_DAG', 'nodes is not an array')
  const nodes: readonly unknown[] = input['nodes']
  if (nodes.length > maxNodes)
    throw new QmtlError('E_TOO_LARGE', `the DAG has ${nodes.length} nodes, ${maxNodes} are allowed`)
  if (nodes.length === 0) throw new QmtlError('E_INVALID_DAG', 'nodes is empty')
  if (isDeeperThan(input, deepestJson)) {
    throw new QmtlError('E_INVALID_DAG', `the DAG is nested deeper than ${deepestJson} levels`)
  }
  const causes = createCauseList()
  addVersionCause(causes, '', input)
  nodes.forEach((node, index) => addVersionCause(causes, `/nodes/${index}`, node))
  causes.throwAll('E_SCHEMA_INVALID')
}

function addVersionCause(causes: CauseList, place: string, part: unknown): void {
  const value = isJsonObject(part) ? part['schema_version'] : undefined
  if (value === undefined || supportedVersions.has(value)) return
  causes.add({ path: `${place}/schema_version`, message: 'is not supported; use v1', value })
}

const requiredTexts = ['node_type', 'code_hash', 'config_hash', 'schema_hash'] as const

/** Missing identity fields come before other faults of shape: their code names the fields a client forgot. */
function refuseIdentityGaps(input: Record<string, unknown>): void {
  const nodes = Array.isArray(input['nodes']) ? (input['nodes'] as readonly unknown[]) : []
  const causes = createCauseList()
  nodes.forEach((node, index) => {
    if (!isJsonObject(node)) return
    for (const name of missingFields(node)) causes.add({ path: `/nodes/${index}/${name}`, message: 'is required' })
  })
  causes.throwAll('E_NODE_ID_FIELDS')
}

function missingFields(node: Readonly<Record<string, unknown>>): readonly string[] {
  if (!isText(node['node_id'])) return ['node_id']
  const missing: string[] = requiredTexts.filter((name) => !isText(node[name]))
  if (!isText(node['schema_compat_id']) && !isText(node['schema_id'])) missing.push('schema_compat_id')
  if (node['node_type'] === 'TagQueryNode') {
    const params = isJsonObject(node['params']) ? node['params'] : {}
    const tags = [params['query_tags'], params['tags'], node['tags']].flatMap(tagList)
    if (tags.length === 0) missing.push('tags')
    if (node['interval'] === undefined || node['interval'] === null) missing.push('interval')
  }
  return missing
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function parseDag(input: Record<string, unknown>): Dag {
  if (!validator.Check(input)) createCauseList(schemaCauses(validator, input)).throwAll('E_INVALID_DAG')
  return input as Dag
}

function refuseWrongIds(nodes: readonly DagNode[]): void {
  const fields = createCauseList()
  const conflicts = createCauseList()
  const mismatches = createCauseList()
  nodes.forEach((node, index) => {
    try {
      const expected = nodeIdOf(node)
      if (expected !== node.node_id) {
        mismatches.add({
          path: `/nodes/${index}/node_id`,
          message: `is not the id of its content, ${expected}`,
          value: node.node_id,
        })
      }
    } catch (thrown) {
      if (!(thrown instanceof QmtlError)) throw thrown
      const list = thrown.code === 'E_SCHEMA_COMPAT_MISMATCH' ? conflicts : fields
      list.add({ path: `/nodes/${index}`, message: thrown.message, value: node.node_id })
    }
  })
  fields.throwAll('E_NODE_ID_FIELDS')
  conflicts.throwAll('E_SCHEMA_COMPAT_MISMATCH')
  mismatches.throwAll('E_NODE_ID_MISMATCH')
}

function refuseRepeats(nodes: readonly DagNode[], distinct: number): void {
  if (distinct === nodes.length) return
  const causes = createCauseList()
  const places = new Map<string, number>()
  nodes.forEach(({ node_id: value }, index) => {
    const first = places.get(value)
    if (first === undefined) places.set(value, index)
    else
      causes.add({
        path: `/nodes/${index}/node_id`,
        message: `is that of /nodes/${first} too; send each node once`,
        value,
      })
  })
  causes.throwAll('E_INVALID_DAG')
}

function refuseUnknownDependencies(nodes: readonly DagNode[], byId: ReadonlyMap<string, unknown>): void {
  const causes = createCauseList()
  nodes.forEach((node, index) => {
    for (const value of dependenciesOf(node)) {
      if (byId.has(value)) continue
      causes.add({ path: `/nodes/${index}/dependencies`, message: 'names a node that is not in the DAG', value })
    }
  })
  causes.throwAll('E_UNKNOWN_NODE')
}

function refuseDelayedInputs(ordered: readonly DagNode[]): void {
  const delayed = new Set<string>()
  const causes = createCauseList()
  for (const node of ordered) {
    const tainted = isLabel(node) || dependenciesOf(node).some((id) => delayed.has(id))
    if (tainted) delayed.add(node.node_id)
    if (tainted && node.kind === 'intent') {
      causes.add({ path: node.name ?? node.node_id, message: 'an intent depends on a label that is known only later' })
    }
  }
  causes.throwAll('E_DELAYED_INPUT')
}

/** Marked as a label, or one by its parameters, which its id covers. */
function isLabel({ delayed, params }: DagNode): boolean {
  return delayed === true || (isJsonObject(params) && typeof params['label_delay'] === 'number')
}

function warningsOf(nodes: readonly DagNode[]): readonly string[] {
  const warnings = nodes.flatMap(droppedParameters)
  if (warnings.length <= mostWarnings) return warnings
  return [...warnings.slice(0, mostWarnings - 1), `and ${warnings.length - mostWarnings + 1} more warnings`]
}

function droppedParameters(node: DagNode): readonly string[] {
  return excludedParamPaths(node.params).map(
    (path) => `${node.name ?? node.node_id}: parameter ${shortened(path)} is not part of the node's identity`,
  )
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function cycleError(ids: readonly string[]): QmtlError {
  const nodes = ids.slice(0, mostCauses)
  return new QmtlError('E_DAG_CYCLE', `${ids.length} nodes form or follow a cycle: ${ids.slice(0, 5).join(', ')}`, {
    details: { nodes },
    errors: nodes.map((id) => ({ path: id, message: 'is on, or behind, the cycle' })),
  })
}
