import { QmtlError } from '../errors/qmtl-error.ts'

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const longest = 86_400_000

/** Milliseconds of a bar interval such as `15m`, `1h` or `1d` (at most one day). Throws `E_INVALID_INTERVAL`. */
export function intervalMs(text: string): number {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(text)
  const ms = match ? Number(match[1]) * (units[match[2] ?? ''] ?? Number.NaN) : Number.NaN
  if (!(ms <= longest)) throw new QmtlError('E_INVALID_INTERVAL', `'${text}' is not an interval from 1s to 1d`)
  return ms
}

/** The shortest spelling of an interval: 3_600_000 is `1h`. */
export function formatInterval(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = units[unit] ?? 1
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  }
  throw new QmtlError('E_INVALID_INTERVAL', `${ms} ms is not a whole number of seconds`)
}

/** Milliseconds of a duration such as `250ms`, `30s` or `7d`; unlike an interval it has no upper bound. */
export function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text)
  if (!match) throw new QmtlError('E_INVALID_INTERVAL', `'${text}' is not a duration such as 30s, 4h or 7d`)
  return Number(match[1]) * (match[2] === 'ms' ? 1 : (units[match[2] ?? ''] ?? Number.NaN))
}
