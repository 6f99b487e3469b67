import { decimalText, sha256hex, type Decimal } from '@qmtl/contracts'
import type { FeeSchedule } from './fee-schedule.ts'

/**
 * A fee schedule in words for evidence and fingerprints: equal texts, equal behaviour. Percent fees as `percent(20 bps)`; a table by its
 * name and the first twelve digits of the SHA-256 of all that its rows say.
 */
export function feeModelText(schedule: FeeSchedule): string {
  if (schedule.kind === 'first-of') return digestText(schedule.name, schedule.rows)
  const { kind, ...parameters } = schedule
  if (kind === 'percent' && 'bps' in parameters && Object.keys(parameters).length === 1) {
    return `percent(${decimalText(parameters.bps)} bps)`
  }
  const texts = Object.entries(parameters).map(([name, value]) => `${name} ${textOf(value)}`)
  return texts.length === 0 ? kind : `${kind}(${texts.join(', ')})`
}

/** A name and the first twelve digits of the SHA-256 of the text of a value. */
export function digestText(name: string, value: unknown): string {
  return `${name} (${sha256hex(textOf(value)).slice(0, 12)})`
}

/** A value of data in words, members in their order: decimals plainly, maps as lists of pairs. */
export function textOf(value: unknown): string {
  if (isDecimal(value)) return decimalText(value)
  if (value instanceof Map) return textOf([...value])
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${name}: ${textOf(member)}`).join(', ')}}`
}

function isDecimal(value: unknown): value is Decimal {
  return typeof value === 'object' && value !== null && 'coefficient' in value && 'scale' in value
}
