import {
  domainOfMode,
  isJsonObject,
  QmtlError,
  schemaCauses,
  worldIdSchema,
  type ExecutionDomain,
  type JsonObject,
  type Submission,
} from '@qmtl/contracts'
import { Compile } from 'typebox/compile'
import { domainOfWord, modeOfWord } from './domain-alias.ts'
import { decodeDagText } from './decode-dag-text.ts'

type Members = Readonly<Record<string, unknown>>

/** What a client asks about its context. A hint never raises what the world grants. */
export interface ContextHints {
  readonly executionDomain?: ExecutionDomain
  readonly asOf?: string
  readonly partition?: string
  readonly datasetFingerprint?: string
}

/** A submission in the one form that everything behind the edge knows; no alias is left in it. */
export interface NormalSubmission {
  /** Not yet checked. */
  readonly dag: unknown
  /** At least one, in the order given, without repeats; the first decides the compute context. */
  readonly worldIds: readonly string[]
  /** Without the members that `hints` holds. */
  readonly meta: Members
  readonly hints: ContextHints
  readonly crc32?: number
  readonly warnings: readonly string[]
}

/**
 * Reads every spelling that earlier clients use: `dag_json` raw or base64, `world_id`, in nodes `config`, `schema_id` and
 * `inputs`, aliases of domains and modes in `meta`. Throws `E_WORLD_IDS_REQUIRED`, `E_INVALID_REQUEST` with every text that is
 * no world id, and `E_INVALID_DAG`.
 */
export function normaliseSubmission(submission: Submission): NormalSubmission {
  const warnings: string[] = []
  const worldIds = worldIdsOf(submission, warnings)
  const given = documentOf(submission)
  const root = isJsonObject(given) && isEarlierDocument(given) ? given : {}
  const earlier = root['compute_context']
  const hints = contextHints({ ...(isJsonObject(earlier) ? earlier : {}), ...submission.meta }, warnings)
  const meta = without(submission.meta ?? {}, contextMembers)
  const dag = isJsonObject(given) ? normaliseDag(given, submission, meta) : given
  const crc32 = submission.node_ids_crc32
  return { dag, worldIds, meta, hints, warnings, ...(crc32 === undefined ? {} : { crc32 }) }
}

const worldId = Compile(worldIdSchema)

function worldIdsOf(submission: Submission, warnings: string[]): readonly string[] {
  const { world_ids: many, world_id: single } = submission
  if (many === undefined && single !== undefined) warnings.push('world_id is deprecated; send world_ids')
  const listed = (many ?? (single === undefined ? [] : [single])).map((id) => id.trim())
  const causes = listed.flatMap((id, index) => {
    const path = many === undefined ? '/world_id' : `/world_ids/${index}`
    return id === '' || worldId.Check(id) ? [] : schemaCauses(worldId, id, path)
  })
  const [first] = causes
  if (first !== undefined) {
    throw new QmtlError('E_INVALID_REQUEST', `${first.path} ${first.message}`, { errors: causes })
  }
  const ids = [...new Set(listed.filter((id) => id !== ''))]
  if (ids.length === 0) throw new QmtlError('E_WORLD_IDS_REQUIRED', 'world_ids names no world')
  return ids
}

function documentOf({ dag, dag_json: text }: Submission): unknown {
  if (dag !== undefined && text !== undefined)
    throw new QmtlError('E_INVALID_DAG', 'both dag and dag_json are given; send dag')
  if (dag !== undefined) return dag
  if (text === undefined) throw new QmtlError('E_INVALID_DAG', 'dag is missing')
  return decodeDagText(text)
}

const contextMembers = [
  'execution_domain',
  'effective_mode',
  'as_of',
  'partition',
  'dataset_fingerprint',
  'topic_namespace',
] as const
const earlierMembers = ['strategy_version', 'compute_context'] as const

function isEarlierDocument(dag: JsonObject): boolean {
  return earlierMembers.some((member) => dag[member] !== undefined)
}

const versionMembers = ['version', 'strategy_version', 'build_version'] as const

/** Copies only what it changes: most documents come without an alias and pass through untouched. */
function normaliseDag(dag: JsonObject, submission: Submission, meta: Members): Members {
  const renamed = normaliseNodes(dag)
  if (submission.dag !== undefined && !isEarlierDocument(dag)) return renamed
  const rest = without(renamed, earlierMembers)
  const own = renamed['strategy_version']
  const version = [rest['version'], own, ...versionMembers.map((member) => meta[member])].find(isText)
  const name = [rest['name'], meta['strategy_name'], meta['name']].find(isText) ?? 'unnamed'
  return { ...rest, name, ...(version === undefined ? {} : { version }) }
}

function normaliseNodes(dag: Members): Members {
  const nodes: unknown = dag['nodes']
  if (!Array.isArray(nodes) || !nodes.some(hasAlias)) return dag
  return { ...dag, nodes: nodes.map((node: JsonObject) => (hasAlias(node) ? normaliseNode(node) : node)) }
}

function hasAlias(node: unknown): node is JsonObject {
  if (!isJsonObject(node)) return false
  return node['config'] !== undefined || node['schema_id'] !== undefined || node['inputs'] !== undefined
}

function normaliseNode(node: JsonObject): JsonObject {
  const { config, schema_id: schemaId, inputs, ...rest } = node
  const schema = renamedSchema(rest['schema_compat_id'], schemaId)
  const listed = Array.isArray(inputs) && inputs.length > 0 ? inputs : (rest['dependencies'] ?? inputs)
  return {
    ...rest,
    ...schema,
    ...((rest['params'] ?? config) === undefined ? {} : { params: rest['params'] ?? config ?? null }),
    // Earlier clients leave nulls and blanks in their lists; the node id never covered them.
    ...(listed === undefined ? {} : { dependencies: Array.isArray(listed) ? listed.filter(isDependency) : listed }),
  }
}

/** Two different schema ids both stay, so that validation refuses them by name. */
function renamedSchema(compat: unknown, alias: unknown): JsonObject {
  const given = isText(compat) ? compat.trim() : ''
  if (!isText(alias)) return {}
  if (given === '') return { schema_compat_id: alias }
  return given === alias.trim() ? {} : { schema_id: alias }
}

function isDependency(id: unknown): boolean {
  return id !== null && id !== ''
}

/** What `meta` asks. A member that cannot be used is left out with a warning: a hint never refuses a submission. */
function contextHints(given: Members, warnings: string[]): ContextHints {
  if (given['topic_namespace'] !== undefined) {
    warnings.push('meta.topic_namespace is ignored; the world decides the namespace')
  }
  const executionDomain = domainHint(given['execution_domain'], given['effective_mode'], warnings)
  const asOf = textHint('as_of', given, warnings)
  const partition = textHint('partition', given, warnings)
  const datasetFingerprint = textHint('dataset_fingerprint', given, warnings)
  return {
    ...(executionDomain === undefined ? {} : { executionDomain }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(partition === undefined ? {} : { partition }),
    ...(datasetFingerprint === undefined ? {} : { datasetFingerprint }),
  }
}

function domainHint(domain: unknown, mode: unknown, warnings: string[]): ExecutionDomain | undefined {
  const unusable = Object.entries({ execution_domain: domain, effective_mode: mode }).filter(
    ([, value]) => value !== undefined && value !== null && typeof value !== 'string',
  )
  for (const [name] of unusable) warnings.push(`meta.${name} is ignored: it is not text`)
  if (typeof domain === 'string') return domainOfWord(domain)
  return typeof mode === 'string' && mode.trim() !== '' ? domainOfMode(modeOfWord(mode)) : undefined
}

const longestHint = 200

/** Hints become parts of keys that are joined by a control character, so they may hold none. */
function textHint(name: string, given: Readonly<Record<string, unknown>>, warnings: string[]): string | undefined {
  const value = given[name]
  if (value === undefined || value === null || value === '') return undefined
  const usable = typeof value === 'string' && value.length <= longestHint && !/\p{Cc}/u.test(value)
  if (!usable) warnings.push(`meta.${name} is ignored: it is not a text of at most ${longestHint} printable characters`)
  return usable ? value.trim() || undefined : undefined
}

function without(members: Members, names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)))
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
