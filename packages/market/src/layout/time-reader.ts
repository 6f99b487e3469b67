import { formatInstant, parseInstant, QmtlError } from '@qmtl/contracts'
import type { ZoneClock } from '../calendars/zone-clock.ts'
import type { FileLayout } from './file-layout.ts'
import { createPatternReader, type TimeReader } from './time-pattern.ts'

/** Milliseconds per unit of an epoch. */
export const epochUnits: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['ms', 1],
  ['us', 1e-3],
  ['ns', 1e-6],
])

const wholeNumber = /^\d{1,16}$/
/** 10^11 s is the year 5138, 10^11 ms is 1973: an epoch below is in seconds. */
const largestEpochSeconds = 100_000_000_000

/** RFC 3339 UTC, a date, or an epoch in seconds or milliseconds. */
export const anyTime: TimeReader = {
  rule: 'is not a UTC instant such as 2024-01-31T09:00:00Z, nor an epoch',
  read: (text) =>
    wholeNumber.test(text) ? msOfAnyEpoch(Number(text)) : (readCanonicalInstant(text) ?? readAnyInstant(text)),
}

/** Epoch milliseconds of an epoch in seconds or milliseconds. */
export function msOfAnyEpoch(epoch: number): number {
  return epoch < largestEpochSeconds ? epoch * 1000 : epoch
}

/**
 * The reader for the times of a layout, whose wall clock is the clock given. Throws `E_INVALID_DATA` for a pattern without a year, a
 * month or a day, and for a time zone with times that name their own.
 */
export function createTimeReader({ time = 'auto', timeZone }: FileLayout, clock: ZoneClock): TimeReader {
  const unit = epochUnits.get(time)
  if (time !== 'auto' && unit === undefined) return createPatternReader(time, clock)
  if (timeZone !== undefined) {
    throw new QmtlError('E_INVALID_DATA', `times in ${timeZone} need a pattern, not '${time}'`, {
      hint: "say how they are written: --time 'YYYY-MM-DD HH:mm:ss'",
    })
  }
  return unit === undefined ? anyTime : epochReader(time, unit)
}

const wholeEpoch = /^\d{1,19}$/

function epochReader(name: string, unit: number): TimeReader {
  return {
    rule: `is not an epoch in whole milliseconds, written in ${name}`,
    read: (text) => (wholeEpoch.test(text) ? msOfEpoch(Number(text), unit) : undefined),
  }
}

/** Epoch milliseconds of an epoch in another unit; undefined where it is no whole millisecond. */
export function msOfEpoch(epoch: number, unit: number): number | undefined {
  if (unit >= 1) return epoch * unit
  const ms = Math.round(epoch * unit)
  // A double holds nanoseconds of our time to 256 of them.
  return Math.abs(epoch * unit - ms) < 1e-3 ? ms : undefined
}

/** Times that lie a fixed span before those read. */
export function shiftedTimes(times: TimeReader, shiftMs: number): TimeReader {
  if (shiftMs === 0) return times
  return {
    rule: times.rule,
    read(text) {
      const ms = times.read(text)
      return ms === undefined ? undefined : ms - shiftMs
    },
  }
}

/** `YYYY-MM-DDTHH:MM:SSZ` without the general parser, which takes most of a file's time: formatting back proves it right. */
function readCanonicalInstant(text: string): number | undefined {
  const ms = text.length === 20 ? Date.parse(text) : Number.NaN
  return !Number.isNaN(ms) && formatInstant(ms) === text ? ms : undefined
}

function readAnyInstant(text: string): number | undefined {
  try {
    return parseInstant(text)
  } catch (error) {
    if (error instanceof QmtlError) return undefined
    throw error
  }
}
