import type { FileLayout } from '@qmtl/market'
import { Misuse } from '../command/misuse.ts'
import { anyText, oneOf, optional, repeated, toggle, type Reader, type ValuesOf } from '../command/options.ts'

const fields = ['ts', 'open', 'high', 'low', 'close', 'volume'] as const

type Mapping = readonly [field: (typeof fields)[number], column: string]

const mapping: Reader<Mapping> = (text, flag) => {
  const [, name, column] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  const field = fields.find((known) => known === name)
  if (field === undefined || column === undefined) {
    throw new Misuse(flag, text, `must be FIELD=COLUMN, where FIELD is ${fields.join(', ')}`)
  }
  return [field, column]
}

const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const

/** Options that say how a file of bars differs from our own layout. */
export const layoutOptions = {
  map: repeated(
    '--map <FIELD=COLUMN>',
    'column of a field, by name, or by number with --without-header; ts=Date+Time joins two',
    mapping,
  ),
  delimiter: optional(
    '--delimiter <NAME>',
    'comma, semicolon, tab or pipe (default comma)',
    oneOf(['comma', 'semicolon', 'tab', 'pipe']),
  ),
  decimalComma: toggle('--decimal-comma', 'numbers are written like 1234,5'),
  withoutHeader: toggle('--without-header', 'the first line is a bar'),
  withoutVolume: toggle('--without-volume', 'the files have no volume: that of the bars is 0'),
  time: optional('--time <FORMAT>', 's, ms, us, ns, or a pattern such as "DD.MM.YYYY HH:mm:ss"', anyText),
  timeZone: optional(
    '--time-zone <ZONE>',
    'zone of times that name none, such as America/New_York (default UTC)',
    anyText,
  ),
  closeTimes: toggle('--close-times', 'times are the closes of the bars, not their opens; needs --interval'),
} as const

/** What was said of the layout; undefined where nothing was, so that the files are of our own. */
export function layoutOf(options: ValuesOf<typeof layoutOptions>): FileLayout | undefined {
  const { map, delimiter, decimalComma, withoutHeader, withoutVolume, time, timeZone, closeTimes } = options
  const isOwn = [
    map.length > 0,
    delimiter,
    decimalComma,
    withoutHeader,
    withoutVolume,
    time,
    timeZone,
    closeTimes,
  ].every((said) => said === undefined || said === false)
  if (isOwn) return undefined
  return {
    columns: map.length === 0 ? undefined : Object.fromEntries(map),
    hasVolume: !withoutVolume,
    hasHeader: !withoutHeader,
    delimiter: delimiter && delimiters[delimiter],
    decimalMark: decimalComma ? ',' : '.',
    time,
    timeZone,
    stamp: closeTimes ? 'close' : 'open',
  }
}
