import { QmtlError } from '../errors/qmtl-error.ts'

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/
const dateOnly = /^\d{4}-\d{2}-\d{2}$/

const dayMs = 86_400_000
const zeroPair = '0'.charCodeAt(0) * 11
const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))
const pair = (value: number): string => twoDigits[value] ?? ''

// Instants come by the thousand from the same days: the date of the last one is kept, which saves most of a Date's work.
let lastDay = Number.NaN
let lastDate = ''

/** Epoch milliseconds as RFC 3339 UTC; milliseconds only where the instant is not a whole second. */
export function formatInstant(epochMs: number): string {
  if (!Number.isInteger(epochMs))
    throw new QmtlError('E_INVALID_TIME', `${epochMs} is not a whole number of milliseconds`)
  const day = Math.floor(epochMs / dayMs)
  if (day !== lastDay) {
    lastDate = new Date(day * dayMs).toISOString().slice(0, -'T00:00:00.000Z'.length)
    lastDay = day
  }
  const ms = epochMs - day * dayMs
  const seconds = Math.floor(ms / 1000)
  const time = `${pair(Math.floor(seconds / 3600))}:${pair(Math.floor(seconds / 60) % 60)}:${pair(seconds % 60)}`
  return ms % 1000 === 0 ? `${lastDate}T${time}Z` : `${lastDate}T${time}.${String(ms % 1000).padStart(3, '0')}Z`
}

const wholeSecondUtc = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
// Never the beginning of a text before the first one is parsed.
let parsedDate = 'none'
let parsedDay = Number.NaN

/** Epoch milliseconds of an RFC 3339 instant; a bare date is its midnight UTC. Throws `E_INVALID_TIME`, also for 30 February. */
export function parseInstant(text: string): number {
  if (wholeSecondUtc.test(text) && text.startsWith(parsedDate)) return parsedDay + millisecondsOfDay(text)
  const ms = parsedInstant(text)
  if (wholeSecondUtc.test(text)) {
    parsedDate = text.slice(0, 10)
    parsedDay = ms - millisecondsOfDay(text)
  }
  return ms
}

function millisecondsOfDay(text: string): number {
  const two = (at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - zeroPair
  return two(11) * 3_600_000 + two(14) * 60_000 + two(17) * 1000
}

function parsedInstant(text: string): number {
  const full = dateOnly.test(text) ? `${text}T00:00:00Z` : text
  const ms = rfc3339.test(full) ? Date.parse(full) : Number.NaN
  if (Number.isNaN(ms) || !isRealDate(full)) {
    throw new QmtlError('E_INVALID_TIME', `'${text}' is not an RFC 3339 instant`)
  }
  return ms
}

/** `Date.parse` rolls 30 February over to March: the day must be one of its month. */
function isRealDate(text: string): boolean {
  const day = Number(text.slice(8, 10))
  if (day <= 28) return true
  const year = Number(text.slice(0, 4))
  return day <= new Date(Date.UTC(year, Number(text.slice(5, 7)), 0)).getUTCDate()
}
