import { b3 } from '../hash/hash.ts'
import { mostCauses } from '../errors/cause-list.ts'
import { QmtlError, type ErrorCause } from '../errors/qmtl-error.ts'
import { compareCodePoints } from './code-point-order.ts'
import { paramsBlob } from './canonical-params.ts'
import type { NodeId, NodeIdentityFields } from './node-fields.ts'

/** The id of a node's content. Throws `E_NODE_ID_FIELDS` or `E_SCHEMA_COMPAT_MISMATCH` where the content has none. */
export function nodeIdOf(node: NodeIdentityFields): NodeId {
  return b3(serialOf(node)) as NodeId
}

/** The text that the id hashes: type, interval, period, parameters, sorted dependencies, schema, code, joined by `|`. */
export function serialOf(node: NodeIdentityFields): string {
  const schema = schemaCompatId(node)
  const dependencies = dependenciesOf(node)
  const causes = invalidFields(node, schema, dependencies)
  if (causes.length > 0) throw new QmtlError('E_NODE_ID_FIELDS', describe(causes), { errors: causes })
  const sorted = dependencies.length < 2 ? dependencies : dependencies.toSorted(compareCodePoints)
  return `${node.node_type}|${node.interval ?? 0}|${node.period ?? 0}|${blobOf(node)}|${sorted.join(',')}|${schema}|${node.code_hash}`
}

/** The trimmed schema identity: `schema_compat_id`, else `schema_id`; both may be given when they agree. */
export function schemaCompatId(node: Pick<NodeIdentityFields, 'schema_compat_id' | 'schema_id'>): string {
  const compat = node.schema_compat_id?.trim() ?? ''
  const id = node.schema_id?.trim() ?? ''
  if (compat !== '' && id !== '' && compat !== id) {
    throw new QmtlError('E_SCHEMA_COMPAT_MISMATCH', `schema_compat_id '${compat}' and schema_id '${id}' differ`)
  }
  return compat === '' ? id : compat
}

/** The ids a node depends on: `inputs` where it is not empty, else `dependencies`; nulls and blanks dropped. */
export function dependenciesOf(node: Pick<NodeIdentityFields, 'inputs' | 'dependencies'>): readonly string[] {
  const listed = node.inputs !== undefined && node.inputs.length > 0 ? node.inputs : (node.dependencies ?? [])
  return listed.every(isId) ? listed : listed.filter(isId)
}

function isId(id: string | null): id is string {
  return id !== null && id !== ''
}

function blobOf(node: NodeIdentityFields): string {
  try {
    return paramsBlob(node)
  } catch (cause) {
    throw new QmtlError('E_NODE_ID_FIELDS', 'params have no canonical JSON form', {
      cause,
      errors: cause instanceof QmtlError ? cause.errors : [],
    })
  }
}

function invalidFields(
  node: NodeIdentityFields,
  schema: string,
  dependencies: readonly string[],
): readonly ErrorCause[] {
  const causes: ErrorCause[] = []
  addTextCause(causes, 'node_type', node.node_type)
  addTextCause(causes, 'code_hash', node.code_hash)
  addTextCause(causes, 'schema_compat_id', schema)
  addCountCause(causes, 'interval', node.interval ?? 0)
  addCountCause(causes, 'period', node.period ?? 0)
  for (const value of dependencies) {
    if (causes.length === mostCauses) break
    if (!isPart(value, endsDependency))
      causes.push({ path: 'dependencies', message: "holds '|', ',', a control character or a lone surrogate", value })
  }
  return causes
}

function addTextCause(causes: ErrorCause[], path: string, value: string): void {
  if (value === '') causes.push({ path, message: 'is empty' })
  else if (!isPart(value, endsField))
    causes.push({ path, message: "holds '|', a control character or a lone surrogate", value })
}

function addCountCause(causes: ErrorCause[], path: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    causes.push({ path, message: 'is not a whole number of 0 or more', value })
}

// The serialisation has no escaping: its separators may not occur in the parts.
const endsField = /[|\p{Cc}]/u
const endsDependency = /[|,\p{Cc}]/u

function isPart(text: string, separator: RegExp): boolean {
  return text.isWellFormed() && !separator.test(text)
}

function describe(causes: readonly ErrorCause[]): string {
  return causes.map(({ path, message }) => `${path} ${message}`).join('; ')
}
