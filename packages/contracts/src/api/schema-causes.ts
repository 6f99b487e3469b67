import type { Validator } from 'typebox/compile'
import { Settings } from 'typebox/system'
import { mostCauses } from '../errors/cause-list.ts'
import type { ErrorCause } from '../errors/qmtl-error.ts'
import { nearestName } from '../text/nearest-name.ts'
import { isJsonObject } from '../types.ts'

// TypeBox stops after eight errors, some of which only say that a branch failed; a user wants all of them at once.
Settings.Set({ maxErrors: 4 * mostCauses })

/**
 * Why a value does not fit its schema, one cause per place, with the value seen; an unknown member names the nearest known
 * one. Alternatives of a union are summed up in one cause.
 */
export function schemaCauses(validator: Validator, value: unknown, root = ''): readonly ErrorCause[] {
  const causes = new Map<string, ErrorCause>()
  for (const error of validator.Errors(value)) {
    if (causes.size >= mostCauses) break
    for (const cause of causesOf(error, validator.Type(), value)) {
      const path = `${root}${cause.path}` || '/'
      // The union's own error comes after those of its branches and says it best.
      if (!causes.has(path) || error.keyword === 'anyOf') causes.set(path, { ...cause, path })
    }
  }
  return [...causes.values()]
}

interface SchemaError {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

function causesOf(error: SchemaError, schema: unknown, value: unknown): readonly ErrorCause[] {
  const place = resolve(schema, error.schemaPath)
  switch (error.keyword) {
    case 'boolean':
      return []
    case 'additionalProperties': {
      const known = isRecord(place) && isRecord(place['properties']) ? Object.keys(place['properties']) : []
      return listParam(error.params, 'additionalProperties').map((name) => {
        const nearest = nearestName(name, known)
        const advice = nearest === undefined ? `known: ${known.join(', ')}` : `did you mean '${nearest}'?`
        return { path: `${error.instancePath}/${name}`, message: `is not known; ${advice}` }
      })
    }
    case 'required':
      return listParam(error.params, 'requiredProperties').map((name) => missing(error, name))
    case 'if':
      return requiredThen(place, resolve(value, error.instancePath)).map((name) => missing(error, name))
    case 'anyOf':
      return [{ path: error.instancePath, message: unionMessage(place), ...seen(value, error.instancePath) }]
    default:
      return [{ path: error.instancePath, message: error.message, ...seen(value, error.instancePath) }]
  }
}

function missing({ instancePath }: SchemaError, name: string): ErrorCause {
  return { path: `${instancePath}/${name}`, message: 'is required' }
}

/** Members that a condition demands and the value lacks: the error of a condition does not say which. */
function requiredThen(condition: unknown, value: unknown): readonly string[] {
  const then = isRecord(condition) ? condition['then'] : undefined
  const names = isRecord(then) ? listParam(then, 'required') : []
  return names.filter((name) => !isRecord(value) || !Object.hasOwn(value, name))
}

function unionMessage(place: unknown): string {
  const branches = isRecord(place) && Array.isArray(place['anyOf']) ? place['anyOf'] : []
  const words = branches.map((branch: unknown) => (isRecord(branch) ? (branch['const'] ?? branch['type']) : undefined))
  return words.every((word) => word !== undefined)
    ? `must be one of ${words.map(String).join(', ')}`
    : 'fits no alternative'
}

function seen(root: unknown, pointer: string): { readonly value?: unknown } {
  const value = resolve(root, pointer)
  const small = value === null || ['string', 'number', 'boolean'].includes(typeof value)
  return small ? { value: typeof value === 'string' && value.length > 200 ? `${value.slice(0, 200)}…` : value } : {}
}

function resolve(root: unknown, pointer: string): unknown {
  let place = root
  for (const step of pointer.replace(/^#/, '').split('/').slice(1)) {
    if (Array.isArray(place)) place = place[Number(step)] as unknown
    else if (isRecord(place)) place = place[step.replaceAll('~1', '/').replaceAll('~0', '~')]
    else return undefined
  }
  return place
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isJsonObject(value)
}

function listParam(params: object, name: string): readonly string[] {
  const list: unknown = Object.entries(params).find(([key]) => key === name)?.[1]
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : []
}
