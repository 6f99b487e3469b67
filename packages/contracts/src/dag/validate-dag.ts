import { Compile } from 'typebox/compile'
import { QmtlError, type ErrorCause } from '../errors/qmtl-error.ts'
import type { ErrorCode } from '../errors/error-table.ts'
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
  /** What a client should know though nothing is refused, such as parameters that the id does not cover. */
  readonly warnings: readonly string[]
}

export interface DagLimits {
  readonly maxNodes: number
}

const validator = Compile(dagSchema)
const supportedVersions = new Set<unknown>(['v1', '1', '1.0', 1])

/**
 * Checks a submitted DAG and recomputes every id. All nodes are examined; one error is thrown with every cause of the first
 * kind found, in this order: shape (`E_INVALID_DAG`, `E_SCHEMA_INVALID`), identity fields, schema conflict, checksum, id
 * mismatch, unknown dependency, cycle, label reaching an intent. `crc32` is compared when a client sent one.
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
  const warnings = dag.nodes.flatMap(droppedParameters)
  const dagHash = dagHashOf({ name: dag.name, version: dagVersionOf(dag), nodeIds: ids })
  return { dag, ordered, dagHash, crc32: sum, warnings }
}

/** Nodes in dependency order. Throws `E_UNKNOWN_NODE` for a dependency that is not among them and `E_DAG_CYCLE`. */
export function topologicalOrder(nodes: readonly DagNode[]): readonly DagNode[] {
  const byId = new Map<string, Place>()
  for (const node of nodes) byId.set(node.node_id, { node, dependents: [], waitsFor: 0 })
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
  const causes: ErrorCause[] = []
  addVersionCause(causes, '', input)
  nodes.forEach((node, index) => addVersionCause(causes, `/nodes/${index}`, node))
  throwAll('E_SCHEMA_INVALID', causes)
}

function addVersionCause(causes: ErrorCause[], place: string, part: unknown): void {
  const value = isJsonObject(part) ? part['schema_version'] : undefined
  if (value === undefined || supportedVersions.has(value)) return
  causes.push({ path: `${place}/schema_version`, message: 'is not supported; use v1', value })
}

const requiredTexts = ['node_type', 'code_hash', 'config_hash', 'schema_hash'] as const

/** Missing identity fields come before other faults of shape: their code names the fields a client forgot. */
function refuseIdentityGaps(input: Record<string, unknown>): void {
  const nodes = Array.isArray(input['nodes']) ? (input['nodes'] as readonly unknown[]) : []
  const causes: ErrorCause[] = []
  nodes.forEach((node, index) => {
    if (!isJsonObject(node)) return
    for (const name of missingFields(node)) causes.push({ path: `/nodes/${index}/${name}`, message: 'is required' })
  })
  throwAll('E_NODE_ID_FIELDS', causes)
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
  if (!validator.Check(input)) throwAll('E_INVALID_DAG', schemaCauses(validator, input))
  return input as Dag
}

function refuseWrongIds(nodes: readonly DagNode[]): void {
  const fields: ErrorCause[] = []
  const conflicts: ErrorCause[] = []
  const mismatches: ErrorCause[] = []
  nodes.forEach((node, index) => {
    try {
      const expected = nodeIdOf(node)
      if (expected !== node.node_id) {
        mismatches.push({
          path: `/nodes/${index}/node_id`,
          message: `is not the id of its content, ${expected}`,
          value: node.node_id,
        })
      }
    } catch (thrown) {
      if (!(thrown instanceof QmtlError)) throw thrown
      const list = thrown.code === 'E_SCHEMA_COMPAT_MISMATCH' ? conflicts : fields
      list.push({ path: `/nodes/${index}`, message: thrown.message, value: node.node_id })
    }
  })
  throwAll('E_NODE_ID_FIELDS', fields)
  throwAll('E_SCHEMA_COMPAT_MISMATCH', conflicts)
  throwAll('E_NODE_ID_MISMATCH', mismatches)
}

function refuseUnknownDependencies(nodes: readonly DagNode[], byId: ReadonlyMap<string, unknown>): void {
  const causes: ErrorCause[] = []
  nodes.forEach((node, index) => {
    for (const value of dependenciesOf(node)) {
      if (byId.has(value)) continue
      causes.push({ path: `/nodes/${index}/dependencies`, message: 'names a node that is not in the DAG', value })
    }
  })
  throwAll('E_UNKNOWN_NODE', causes)
}

function refuseDelayedInputs(ordered: readonly DagNode[]): void {
  const delayed = new Set<string>()
  const errors: ErrorCause[] = []
  for (const node of ordered) {
    const tainted = isLabel(node) || dependenciesOf(node).some((id) => delayed.has(id))
    if (tainted) delayed.add(node.node_id)
    if (tainted && node.kind === 'intent') {
      errors.push({ path: node.name ?? node.node_id, message: 'an intent depends on a label that is known only later' })
    }
  }
  throwAll('E_DELAYED_INPUT', errors)
}

/** Marked as a label, or one by its parameters, which its id covers. */
function isLabel({ delayed, params }: DagNode): boolean {
  return delayed === true || (isJsonObject(params) && typeof params['label_delay'] === 'number')
}

function droppedParameters(node: DagNode): readonly string[] {
  return excludedParamPaths(node.params).map(
    (path) => `${node.name ?? node.node_id}: parameter ${path} is not part of the node's identity`,
  )
}

function cycleError(nodes: readonly string[]): QmtlError {
  return new QmtlError('E_DAG_CYCLE', `${nodes.length} nodes form or follow a cycle: ${nodes.slice(0, 5).join(', ')}`, {
    details: { nodes },
    errors: nodes.map((id) => ({ path: id, message: 'is on, or behind, the cycle' })),
  })
}

function throwAll(code: ErrorCode, errors: readonly ErrorCause[]): void {
  const [first] = errors
  if (first === undefined) return
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  throw new QmtlError(code, `${first.path} ${first.message}${rest}`, { errors })
}
