import { Misuse } from './misuse.ts'

/** Turns the text after a flag into a value, or throws `Misuse` naming the flag. */
export type Reader<T> = (text: string, flag: string) => T

/** One option of a command. */
export interface OptionSpec<T> {
  /** As commander writes it: `-w, --world <ID>`; without `<…>` it is a switch. */
  readonly flags: string
  /** One line for `--help`. */
  readonly doc: string
  readonly isList: boolean
  /** Shown in `--help` and read where the flag is absent. */
  readonly fallback?: string
  /** The value of what was given: a text, a list of texts, `true`, or undefined where the flag is absent. */
  read(given: unknown): T
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>

/** The values of a set of options. */
export type ValuesOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer T> ? T : never
}

/** A flag without a value. */
export function toggle(flags: string, doc: string): OptionSpec<boolean> {
  return { flags, doc, isList: false, read: (given) => given === true }
}

/** A flag with a value that may be absent. */
export function optional(flags: string, doc: string): OptionSpec<string | undefined>
export function optional<T>(flags: string, doc: string, reader: Reader<T>): OptionSpec<T | undefined>
export function optional<T>(flags: string, doc: string, reader?: Reader<T>): OptionSpec<T | string | undefined> {
  const read = (text: string): T | string => (reader === undefined ? text : reader(text, nameOf(flags)))
  return { flags, doc, isList: false, read: (given) => (typeof given === 'string' ? read(given) : undefined) }
}

/** A flag with a value, and the value it has where it is absent. */
export function defaulted<T>(flags: string, doc: string, fallback: string, reader: Reader<T>): OptionSpec<T> {
  const read = (given: unknown): T => reader(typeof given === 'string' ? given : fallback, nameOf(flags))
  return { flags, doc, isList: false, fallback, read }
}

/** A flag with a value that must be there. */
export function required<T>(flags: string, doc: string, reader: Reader<T>): OptionSpec<T> {
  const name = nameOf(flags)
  const read = (given: unknown): T => {
    if (typeof given !== 'string') throw new Misuse(name, '', 'is required')
    return reader(given, name)
  }
  return { flags, doc: `${doc} (required)`, isList: false, read }
}

/** A flag that may be repeated. */
export function repeated<T>(flags: string, doc: string, reader: Reader<T>): OptionSpec<readonly T[]> {
  const texts = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : [])
  const read = (given: unknown): readonly T[] =>
    texts(given).flatMap((text) => (typeof text === 'string' ? [reader(text, nameOf(flags))] : []))
  return { flags, doc, isList: true, read }
}

/** The text as it is; the next flag is none. */
export const anyText: Reader<string> = (text, flag) => {
  if (text === '' || text.startsWith('--')) throw new Misuse(flag, text, 'needs a value')
  return text
}

/** A number within inclusive bounds, in plain decimal notation, kept as text so that it stays exact. */
export function decimalBetween(min: number, max: number): Reader<string> {
  return (text, flag) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) throw new Misuse(flag, text, `must be a number ${boundsText(min, max)}`)
    return text
  }
}

/** A whole number within inclusive bounds. */
export function wholeBetween(min: number, max: number): Reader<number> {
  return (text, flag) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) throw new Misuse(flag, text, `must be a whole number ${boundsText(min, max)}`)
    return value
  }
}

/** One of a list of words. */
export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  return (text, flag) => {
    const found = words.find((word) => word === text)
    if (found === undefined) throw new Misuse(flag, text, `must be ${words.join(' or ')}`)
    return found
  }
}

/** `name=value`; a value that reads as a number, true or false is one, and quotes keep a text a text. */
export const assignment: Reader<readonly [name: string, value: string | number | boolean]> = (text, flag) => {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new Misuse(flag, text, 'must be name=value')
  return [name, plainValue(value)]
}

function plainValue(text: string): string | number | boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : text
  } catch {
    return text
  }
}

function boundsText(min: number, max: number): string {
  if (max >= Number.MAX_SAFE_INTEGER) return min <= Number.MIN_SAFE_INTEGER ? '' : `from ${min} on`
  return `from ${min} to ${max}`
}

/** The long name of a flag: `-w, --world <ID>` is `--world`. */
function nameOf(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags
}
