import { QmtlError } from '../errors/qmtl-error.ts'

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
  return isPlainObject(value) ? canonicalObject(value, walk) : refuse(walk.path, 'only plain objects are JSON')
}

function isPlainObject(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
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
  let text = ''
  for (const name of namesInOrder(members)) {
    if (walk.isOmitted?.(name) === true) continue
    const key = canonicalString(name, walk.path)
    walk.path.push(name)
    text += `${text === '' ? '' : ','}${key}:${canonical(members[name], walk)}`
    walk.path.pop()
  }
  return `{${text}}`
}

const few = 16

/** In the order of UTF-16 code units, which is the default of texts. `sort` costs more than writing the members of a small object. */
function namesInOrder(members: object): readonly string[] {
  const names = Object.keys(members)
  if (names.length > few) return names.sort()
  for (let end = 1; end < names.length; end++) {
    const name = names[end] ?? ''
    let place = end
    for (; place > 0 && (names[place - 1] ?? '') > name; place--) names[place] = names[place - 1] ?? ''
    names[place] = name
  }
  return names
}

function canonicalNumber(value: number, path: Walk['path']): string {
  if (Number.isSafeInteger(value)) return String(value)
  if (!Number.isFinite(value)) return refuse(path, `${value} is not JSON`)
  // A large whole number is taken only where its digits are certain: at most 15 significant ones, such as 1e16.
  if (Number.isInteger(value) && Number(value.toPrecision(15)) !== value) {
    return refuse(path, `${value} is outside the safe integers`)
  }
  return String(value)
}

/** What may need an escape, or is refused: quotes, backslashes, control characters and lone surrogates. */
const unusual = /["\\\p{Cc}\p{Cs}]/u

function canonicalString(value: string, path: Walk['path']): string {
  if (!unusual.test(value)) return `"${value}"`
  if (!value.isWellFormed()) return refuse(path, 'the text has a lone surrogate')
  return JSON.stringify(value)
}

function refuse(path: Walk['path'], message: string): never {
  const pointer = `/${path.join('/')}`
  throw new QmtlError('E_NOT_CANONICAL', `no canonical JSON at '${pointer}': ${message}`, {
    errors: [{ path: pointer, message }],
  })
}
