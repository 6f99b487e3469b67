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
export function excludedParamPaths(value: JsonValue, path = ''): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item: JsonValue, index) => excludedParamPaths(item, `${path}[${index}]`))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const here = path === '' ? name : `${path}.${name}`
    return isExcludedParameter(name) ? [here] : excludedParamPaths(member, here)
  })
}

/** The parameter segment of a node's serialisation: `null` when it has none, a tag query's own form for tag queries. */
export function paramsBlob(node: NodeIdentityFields): string {
  const params = node.params ?? node.config ?? null
  if (node.node_type === 'TagQueryNode') return canonicalJson(tagQuery(node, isJsonObject(params) ? params : {}))
  return params === null ? 'null' : canonicalJson(canonicalParams(params))
}

function tagQuery(node: NodeIdentityFields, params: Readonly<Record<string, JsonValue>>): JsonValue {
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
