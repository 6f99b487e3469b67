import { canonicalJson } from '../json/canonical-json.ts'
import { isJsonObject, type JsonValue } from '../types.ts'
import { isExcludedParameter, type NodeIdentityFields } from './node-fields.ts'
import { compareCodePoints } from './code-point-order.ts'

/** The parameters without the names that identity excludes, at every depth; arrays keep their order, nulls stay. */
export function canonicalParams(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => canonicalParams(item))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isExcludedParameter(name))
      .map(([name, member]) => [name, canonicalParams(member)]),
  )
}

/** Paths (`opts.seed`) of the parameters that `canonicalParams` removes, for a warning. */
export function excludedParamPaths(value: unknown): readonly string[] {
  const found: string[] = []
  collectExcluded(value, '', found)
  return found
}

function collectExcluded(value: unknown, path: string, found: string[]): void {
  if (Array.isArray(value)) return value.forEach((item, index) => collectExcluded(item, `${path}[${index}]`, found))
  if (!isJsonObject(value)) return
  for (const name in value) {
    const member = value[name]
    if (isExcludedParameter(name)) found.push(joined(path, name))
    else if (typeof member === 'object') collectExcluded(member, joined(path, name), found)
  }
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** The parameter segment of a node's serialisation: `null` when it has none, a tag query's own form for tag queries. */
export function paramsBlob(node: NodeIdentityFields): string {
  const params = node.params ?? node.config ?? null
  if (node.node_type === 'TagQueryNode') return canonicalJson(tagQuery(node, isJsonObject(params) ? params : {}))
  return params === null ? 'null' : canonicalJson(params, isExcludedParameter)
}

function tagQuery(node: NodeIdentityFields, params: Readonly<Record<string, unknown>>): JsonValue {
  const tags = [params['query_tags'], params['tags'], node.tags].map(tagList).find((list) => list.length > 0) ?? []
  const mode = params['match_mode'] ?? node.match_mode
  const interval = node.interval ?? params['interval']
  return {
    query_tags: tags,
    match_mode: typeof mode === 'string' && mode.toLowerCase() === 'all' ? 'all' : 'any',
    interval: typeof interval === 'number' ? interval : null,
  }
}

/** Tags trimmed, without blanks and repeats, in code-point order; a comma text is split. */
export function tagList(value: unknown): readonly string[] {
  const items = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : []
  const tags = items.filter((item): item is string => typeof item === 'string').map((tag) => tag.trim())
  return [...new Set(tags.filter((tag) => tag !== ''))].sort(compareCodePoints)
}
