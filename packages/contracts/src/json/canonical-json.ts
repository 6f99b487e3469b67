import { QmtlError } from '../errors/qmtl-error.ts'

/** Levels of nesting at most: the syntax tree of an author's function is deeper than any document from outside may be. */
const canonicalDepth = 500

/**
 * Canonical JSON text of a value (RFC 8785): members ordered by UTF-16 code units, numbers and strings as ECMAScript prints
 * them. Throws `E_NOT_CANONICAL` on anything that is not JSON, on lone surrogates, on integers outside ±(2^53 − 1), because
 * another reader could round them, and on documents nested deeper than 500 levels.
 */
export function canonicalJson(value: unknown): string {
  return canonical(value, '', 0)
}

function canonical(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value, path)
    case 'number':
      return canonicalNumber(value, path)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return canonicalObject(value, path, depth + 1)
    default:
      return refuse(path, `a ${typeof value} is not JSON`)
  }
}

function canonicalObject(value: object | null, path: string, depth: number): string {
  if (value === null) return 'null'
  if (depth > canonicalDepth) return refuse('', `nested deeper than ${canonicalDepth} levels`)
  if (Array.isArray(value)) {
    // Not `map`: it would skip the holes of a sparse array.
    return `[${Array.from(value, (item: unknown, index) => canonical(item, `${path}/${index}`, depth)).join(',')}]`
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return refuse(path, 'only plain objects are JSON')
  const entries: [string, unknown][] = Object.entries(value)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  const members = entries.map(
    ([key, member]) => `${canonicalString(key, path)}:${canonical(member, `${path}/${key}`, depth)}`,
  )
  return `{${members.join(',')}}`
}

function canonicalNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) return refuse(path, `${value} is not JSON`)
  // A large whole number is taken only where its digits are certain: at most 15 significant ones, such as 1e16.
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && Number(value.toPrecision(15)) !== value) {
    return refuse(path, `${value} is outside the safe integers`)
  }
  return JSON.stringify(value)
}

function canonicalString(value: string, path: string): string {
  if (!value.isWellFormed()) return refuse(path, 'the text has a lone surrogate')
  return JSON.stringify(value)
}

function refuse(path: string, message: string): never {
  throw new QmtlError('E_NOT_CANONICAL', `no canonical JSON at '${path || '/'}': ${message}`, {
    errors: [{ path: path || '/', message }],
  })
}
