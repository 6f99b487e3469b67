import { QmtlError, type ErrorCause } from '@qmtl/contracts'
import { barFields, type BarField } from '../bars/bar-block.ts'

/** How a file of bars differs from our own layout; what is left out is as there. */
export interface FileLayout {
  /**
   * Column of each field, by its name in the file or, in a file without names, by its number from 1. `ts` may be several, `Date+Time`,
   * read one behind the other with a blank between. A field left out is found by its usual names; other columns are ignored.
   */
  readonly columns?: Readonly<Partial<Record<BarField, string>>> | undefined
  /** False: the file has no volume, and that of its bars is 0. Default true. */
  readonly hasVolume?: boolean | undefined
  /** False: the first line of a CSV file is a bar. Default true. */
  readonly hasHeader?: boolean | undefined
  /** Between the cells of a CSV file; default a comma. */
  readonly delimiter?: string | undefined
  /** Mark between whole and fraction of a number in a text; default a point. */
  readonly decimalMark?: '.' | ',' | undefined
  /**
   * How times are written: `auto` (the default: RFC 3339 UTC, a date, an epoch in s or ms), an epoch in `s`, `ms`, `us` or `ns`, or a
   * pattern of `YYYY MM M DD D HH H mm ss S` such as `DD.MM.YYYY HH:mm`.
   */
  readonly time?: string | undefined
  /** IANA zone of times that name none; default UTC. */
  readonly timeZone?: string | undefined
  /** Whether a time is the open (the default) or the close of its bar. */
  readonly stamp?: 'open' | 'close' | undefined
}

/** Positions of the columns of a file, from 0. */
export interface LayoutColumns extends Readonly<Record<Exclude<BarField, 'ts' | 'volume'>, number>> {
  readonly ts: readonly number[]
  /** −1 where the file has none. */
  readonly volume: number
}

/** Lower case, without `<>`, with `_` for blanks and dashes. */
const usualNames: Readonly<Record<BarField, readonly string[]>> = {
  ts: ['ts', 'time', 'timestamp', 'date', 'datetime', 'date_time', 'open_time', 'opentime'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v'],
}

/**
 * Where the fields stand among the columns of a file, given their names, or a count of unnamed ones. Throws `E_INVALID_DATA` with each
 * field that has no column or could have several, and with each column named that is not there.
 */
export function findColumns(columns: readonly string[] | number, layout: FileLayout, file: string): LayoutColumns {
  const names = typeof columns === 'number' ? Array.from({ length: columns }, (_, at) => String(at + 1)) : columns
  const given = layout.columns ?? (typeof columns === 'number' ? ownOrder : {})
  const causes: ErrorCause[] = []
  const report = (message: string): void => void causes.push({ path: `${file}:1:1`, message })
  const find = (field: BarField): readonly number[] =>
    given[field] === undefined
      ? usualColumn(field, names, report)
      : given[field].split('+').map((name) => namedColumn(name, { field, names, report }))
  const one = (field: Exclude<BarField, 'ts'>): number => find(field)[0] ?? -1
  const found = {
    ts: find('ts'),
    open: one('open'),
    high: one('high'),
    low: one('low'),
    close: one('close'),
    volume: layout.hasVolume === false ? -1 : one('volume'),
  }
  refuse(causes, file)
  return found
}

const ownOrder: Readonly<Partial<Record<BarField, string>>> = Object.fromEntries(
  barFields.map((field, at) => [field, String(at + 1)]),
)

function usualColumn(field: BarField, names: readonly string[], report: (message: string) => void): readonly number[] {
  const found = names.flatMap((name, at) => (usualNames[field].includes(plainName(name)) ? [at] : []))
  if (found.length === 1) return found
  const which = found.map((at) => `'${names[at] ?? ''}'`).join(' or ')
  report(
    found.length === 0
      ? `no column for ${field} among ${names.map((name) => `'${name}'`).join(', ')}`
      : `which column is ${field}: ${which}?`,
  )
  return found
}

interface NamedContext {
  readonly field: BarField
  readonly names: readonly string[]
  readonly report: (message: string) => void
}

function namedColumn(name: string, { field, names, report }: NamedContext): number {
  const at = names.indexOf(name.trim())
  if (at === -1) report(`no column '${name}' for ${field}; there are ${names.map((one) => `'${one}'`).join(', ')}`)
  return at
}

function plainName(name: string): string {
  return name
    .trim()
    .replace(/^<(.*)>$/, '$1')
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
}

function refuse(causes: readonly ErrorCause[], file: string): void {
  const [first] = causes
  if (first === undefined) return
  throw new QmtlError('E_INVALID_DATA', `${file}: ${first.message}`, {
    errors: causes,
    hint: 'say which column holds a field: --map ts=Date --map close=Last',
  })
}
