import { QmtlError } from '../errors/qmtl-error.ts'
import { isJsonObject } from '../types.ts'

/** Levels of nesting at most: the syntax tree of an author's function is deeper than any document from outside may be. */
const canonicalDepth = 500

/** Names of members that are left out, at every depth. */
export type OmittedName = (name: string) => boolean

interface Walk {
  readonly isOmitted: OmittedName | undefined
  /** Names of the members that lead to the value, for a refusal. */
  readonly path: (string | number)[]
}

/**
 * Canonical JSON text of a value (RFC 8785): members ordered by UTF-16 code units, numbers and strings as ECMAScript prints
 * them. Throws `E_NOT_CANONICAL` on anything that is not JSON, on lone surrogates, on integers outside ±(2^53 − 1), because
 * another reader could round them, and on documents nested deeper than 500 levels. Members that `isOmitted` names are not
 * looked at.
 */
export function canonicalJson(value: unknown, isOmitted?: OmittedName): string {
  return canonical(value, { isOmitted, path: [] })
}

function canonical(value: unknown, walk: Walk): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value, walk.path)
    case 'number':
      return canonicalNumber(value, walk.path)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return value === null ? 'null' : canonicalStructure(value, walk)
    default:
      return refuse(walk.path, `a ${typeof value} is not JSON`)
  }
}

function canonicalStructure(value: object, walk: Walk): string {
  if (walk.path.length >= canonicalDepth) return refuse([], `nested deeper than ${canonicalDepth} levels`)
  if (Array.isArray(value)) return canonicalArray(value, walk)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return refuse(walk.path, 'only plain objects are JSON')
  return isJsonObject(value) ? canonicalObject(value, walk) : refuse(walk.path, 'only plain objects are JSON')
}

function canonicalArray(items: readonly unknown[], walk: Walk): string {
  let text = ''
  // By index: an iteration by `map` would skip the holes of a sparse array.
  for (let index = 0; index < items.length; index++) {
    walk.path.push(index)
    text += `${index === 0 ? '' : ','}${canonical(items[index], walk)}`
    walk.path.pop()
  }
  return `[${text}]`
}

// One string that grows, no list of pairs: every submitted node comes through here.
function canonicalObject(members: Readonly<Record<string, unknown>>, walk: Walk): string {
  // The default order of texts is that of their UTF-16 code units.
  const names = Object.keys(members).sort()
  let text = ''
  for (const name of names) {
    if (walk.isOmitted?.(name) === true) continue
    const key = canonicalString(name, walk.path)
    walk.path.push(name)
    text += `${text === '' ? '' : ','}${key}:${canonical(members[name], walk)}`
    walk.path.pop()
  }
  return `{${text}}`
}

function canonicalNumber(value: number, path: Walk['path']): string {
  if (!Number.isFinite(value)) return refuse(path, `${value} is not JSON`)
  // A large whole number is taken only where its digits are certain: at most 15 significant ones, such as 1e16.
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && Number(value.toPrecision(15)) !== value) {
    return refuse(path, `${value} is outside the safe integers`)
  }
  return JSON.stringify(value)
}

function canonicalString(value: string, path: Walk['path']): string {
  if (!value.isWellFormed()) return refuse(path, 'the text has a lone surrogate')
  return JSON.stringify(value)
}

function refuse(path: Walk['path'], message: string): never {
  const pointer = `/${path.join('/')}`
  throw new QmtlError('E_NOT_CANONICAL', `no canonical JSON at '${pointer}': ${message}`, {
    errors: [{ path: pointer, message }],
  })
}
