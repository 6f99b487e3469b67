import { QmtlError } from '../errors/qmtl-error.ts'

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/
const dateOnly = /^\d{4}-\d{2}-\d{2}$/

/** Epoch milliseconds as RFC 3339 UTC; milliseconds only where the instant is not a whole second. */
export function formatInstant(epochMs: number): string {
  if (!Number.isInteger(epochMs))
    throw new QmtlError('E_INVALID_TIME', `${epochMs} is not a whole number of milliseconds`)
  const text = new Date(epochMs).toISOString()
  return epochMs % 1000 === 0 ? `${text.slice(0, 19)}Z` : text
}

/** Epoch milliseconds of an RFC 3339 instant; a bare date is its midnight UTC. Throws `E_INVALID_TIME`, also for 30 February. */
export function parseInstant(text: string): number {
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
