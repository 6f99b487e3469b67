import { QmtlError } from '@qmtl/contracts'
import { dayOf, minutesPerDay, yearOfDay } from '../calendars/civil-date.ts'
import type { ZoneClock } from '../calendars/zone-clock.ts'

/** Reads the times of a file. */
export interface TimeReader {
  /** What a text that is no time fails to be: `is not …`. */
  readonly rule: string
  /** Epoch milliseconds, or undefined for a text that is no time. */
  read(text: string): number | undefined
}

const parts = {
  YYYY: String.raw`(?<year>\d{4})`,
  MM: String.raw`(?<month>\d{2})`,
  M: String.raw`(?<month>\d{1,2})`,
  DD: String.raw`(?<day>\d{2})`,
  D: String.raw`(?<day>\d{1,2})`,
  HH: String.raw`(?<hour>\d{2})`,
  H: String.raw`(?<hour>\d{1,2})`,
  mm: String.raw`(?<minute>\d{2})`,
  ss: String.raw`(?<second>\d{2})`,
  S: String.raw`(?<fraction>\d{1,9})`,
} as const

const names = ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction'] as const

/**
 * Reads times of a wall clock, written as a pattern says: `YYYY`, `MM` or `M`, `DD` or `D`, `HH` or `H`, `mm`, `ss`, and `S` for a
 * fraction of a second; all else stands for itself. Without hours a time is midnight. Throws `E_INVALID_DATA` for a pattern without a
 * year, a month or a day, or with one part twice.
 */
export function createPatternReader(pattern: string, clock: ZoneClock): TimeReader {
  const expression = expressionOf(pattern)
  let lastDate = ''
  let lastDay: number | undefined

  function dayOfParts(year: string, month: string, day: string): number | undefined {
    const date = year + month + day
    if (date !== lastDate) {
      lastDate = date
      lastDay = realDay(Number(year), Number(month), Number(day))
    }
    return lastDay
  }
  return {
    rule: `is not a time such as ${pattern}`,
    read(text) {
      const groups = expression.exec(text)?.groups
      if (groups === undefined) return undefined
      const { year = '', month = '', day = '' } = groups
      const civil = dayOfParts(year, month, day)
      const time = timeOfDay(groups)
      if (civil === undefined || time === undefined) return undefined
      return clock.instantOf(civil * minutesPerDay + time.minutes) + time.ms
    },
  }
}

type TimeParts = Readonly<Partial<Record<string, string>>>

function timeOfDay({
  hour = '0',
  minute = '0',
  second = '0',
  fraction = '0',
}: TimeParts): { readonly minutes: number; readonly ms: number } | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const ms = Math.floor(Number(`0.${fraction}`) * 1000)
  return { minutes: Number(hour) * 60 + Number(minute), ms: Number(second) * 1000 + ms }
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/YYYY|MM?|DD?|HH?|mm|ss|S|[\\^$.*+?()[\]{}|/]/g, (part) =>
    isPart(part) ? parts[part] : `\\${part}`,
  )
  const wrong = names.flatMap((name) => {
    const times = source.split(`?<${name}>`).length - 1
    if (times > 1) return [`names the ${name} ${times} times`]
    return times === 0 && (name === 'year' || name === 'month' || name === 'day') ? [`has no ${name}`] : []
  })
  if (wrong.length > 0) {
    throw new QmtlError('E_INVALID_DATA', `the pattern of times '${pattern}' ${wrong.join(', ')}`, {
      hint: "write it like 'YYYY-MM-DD HH:mm:ss'; epochs are s, ms, us or ns",
    })
  }
  return new RegExp(`^${source}$`, 'u')
}

function isPart(part: string): part is keyof typeof parts {
  return part in parts
}

/** The day of a date; undefined where its month has no such day. */
function realDay(year: number, month: number, day: number): number | undefined {
  const civil = dayOf(year, month, day)
  const isReal = year >= 1000 && month >= 1 && month <= 12 && day >= 1 && civil < dayOf(year, month + 1, 1)
  return isReal && yearOfDay(civil) === year ? civil : undefined
}
