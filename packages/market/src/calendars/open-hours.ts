import { QmtlError, formatInstant } from '@qmtl/contracts'
import { dayMs, yearOfInstant } from './civil-date.ts'
import type { ExchangeCalendar } from './exchange-calendar.ts'
import type { OpenSpans } from './year-hours.ts'

export interface HoursOptions {
  /** Counts pre-market and post-market hours as open; default false, regular hours alone. */
  readonly extended?: boolean | undefined
}

/** How far ahead an open or close is looked for. */
const searchDays = 15

/** True where the exchange trades at the instant: opens are inclusive, closes exclusive. Throws `E_INVALID_DATA` outside the known years. */
export function isOpen(calendar: ExchangeCalendar, epochMs: number, options?: HoursOptions): boolean {
  const extended = isExtended(options)
  const year = yearOfInstant(epochMs)
  const { openMs, closeMs } = spansOf(calendar, year, extended)
  const index = countUpTo(openMs, epochMs) - 1
  return index >= 0 ? epochMs < closeMs[index]! : epochMs < lastCloseBefore(calendar, year, extended)
}

/**
 * True where some open time overlaps `[fromMs, toMs)`; where both are equal, whether the exchange is open then. Throws
 * `E_INVALID_DATA` outside the known years.
 */
export function isOpenBetween(
  calendar: ExchangeCalendar,
  fromMs: number,
  toMs: number,
  options?: HoursOptions,
): boolean {
  if (fromMs >= toMs) return fromMs === toMs && isOpen(calendar, fromMs, options)
  const extended = isExtended(options)
  const year = yearOfInstant(toMs - 1)
  const { openMs, closeMs } = spansOf(calendar, year, extended)
  const index = countUpTo(openMs, toMs - 1) - 1
  return (index >= 0 ? closeMs[index]! : lastCloseBefore(calendar, year, extended)) > fromMs
}

/** True where a bar over `[openTimeMs, openTimeMs + intervalMs)` overlaps open time, so that its absence is a gap. */
export function isBarExpected(
  calendar: ExchangeCalendar,
  openTimeMs: number,
  intervalMs: number,
  options?: HoursOptions,
): boolean {
  return isOpenBetween(calendar, openTimeMs, openTimeMs + intervalMs, options)
}

/**
 * The first open strictly after an instant. Hours that go on without a pause, also over midnight, are one. Throws
 * `E_INVALID_DATA` where there is none within 15 days or outside the known years.
 */
export function nextOpen(calendar: ExchangeCalendar, epochMs: number, options?: HoursOptions): number {
  const extended = isExtended(options)
  let openMs = spanOpenAfter(calendar, epochMs, extended)
  while (openMs <= limitAfter(epochMs) && goesOnAt(calendar, openMs, extended)) {
    openMs = spanOpenAfter(calendar, openMs, extended)
  }
  if (openMs > limitAfter(epochMs)) throw nothingFound(calendar, `does not open within ${searchDays} days of`, epochMs)
  return openMs
}

/**
 * The first close strictly after an instant. Hours that go on without a pause, also over midnight, are one. Throws
 * `E_INVALID_DATA` where there is none within 15 days, so always for a market that never closes, or outside the known years.
 */
export function nextClose(calendar: ExchangeCalendar, epochMs: number, options?: HoursOptions): number {
  const extended = isExtended(options)
  let closeMs = closeOfSpanAt(calendar, epochMs, extended)
  closeMs ??= closeOfSpanAt(calendar, nextOpen(calendar, epochMs, options), extended) ?? Infinity
  while (closeMs <= limitAfter(epochMs)) {
    const further = closeOfSpanAt(calendar, closeMs, extended)
    if (further === undefined) return closeMs
    closeMs = further
  }
  throw nothingFound(calendar, `does not close within ${searchDays} days of`, epochMs)
}

/**
 * The last open at or before an instant, of hours joined as for `nextOpen`. Throws `E_INVALID_DATA` where there is none within 15
 * days before or outside the known years.
 */
export function previousOpen(calendar: ExchangeCalendar, epochMs: number, options?: HoursOptions): number {
  const extended = isExtended(options)
  let openMs = spanOpenUpTo(calendar, epochMs, extended)
  while (openMs >= epochMs - searchDays * dayMs && goesOnAt(calendar, openMs, extended)) {
    openMs = spanOpenUpTo(calendar, openMs - 1, extended)
  }
  if (openMs < epochMs - searchDays * dayMs) {
    throw nothingFound(calendar, `did not open within ${searchDays} days before`, epochMs)
  }
  return openMs
}

/** Calls `visit` with each stretch of open time that overlaps `[fromMs, toMs)`, ascending. Throws `E_INVALID_DATA` outside the known years. */
export function visitOpenSpans(
  calendar: ExchangeCalendar,
  range: { readonly fromMs: number; readonly toMs: number; readonly extended: boolean },
  visit: (openMs: number, closeMs: number) => void,
): void {
  const { fromMs, toMs, extended } = range
  // Asked for first, so that an unknown year is refused and not skipped.
  calendar.hoursOfYear(yearOfInstant(fromMs))
  const firstYear = Math.max(calendar.firstYear, yearOfInstant(fromMs) - 1)
  for (let year = firstYear; year <= yearOfInstant(toMs - 1); year++) {
    const { openMs, closeMs } = spansOf(calendar, year, extended)
    for (let index = countUpTo(closeMs, fromMs); index < openMs.length && openMs[index]! < toMs; index++) {
      visit(openMs[index]!, closeMs[index]!)
    }
  }
}

/** How many of ascending values are at most `limit`. */
export function countUpTo(values: Float64Array | Int32Array, limit: number): number {
  let from = 0
  let to = values.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (values[middle]! <= limit) from = middle + 1
    else to = middle
  }
  return from
}

function isExtended(options: HoursOptions | undefined): boolean {
  return options !== undefined && options.extended === true
}

function spansOf(calendar: ExchangeCalendar, year: number, extended: boolean): OpenSpans {
  const hours = calendar.hoursOfYear(year)
  return extended ? hours.extended : hours.regular
}

/** End of the hours that the instant lies in, as far as they run within the year of their open. */
function closeOfSpanAt(calendar: ExchangeCalendar, epochMs: number, extended: boolean): number | undefined {
  const year = yearOfInstant(epochMs)
  const { openMs, closeMs } = spansOf(calendar, year, extended)
  const index = countUpTo(openMs, epochMs) - 1
  const end = index >= 0 ? closeMs[index]! : lastCloseBefore(calendar, year, extended)
  return epochMs < end ? end : undefined
}

/** Close of the hours that open last before a year: they may run into it. */
function lastCloseBefore(calendar: ExchangeCalendar, year: number, extended: boolean): number {
  if (year <= calendar.firstYear) return -Infinity
  const { closeMs } = spansOf(calendar, year - 1, extended)
  return closeMs.length === 0 ? -Infinity : closeMs[closeMs.length - 1]!
}

/** True where hours that open here continue those of the year before; within a year they are joined already. */
function goesOnAt(calendar: ExchangeCalendar, openMs: number, extended: boolean): boolean {
  return lastCloseBefore(calendar, yearOfInstant(openMs), extended) === openMs
}

function spanOpenAfter(calendar: ExchangeCalendar, epochMs: number, extended: boolean): number {
  const year = yearOfInstant(epochMs)
  const { openMs } = spansOf(calendar, year, extended)
  const index = countUpTo(openMs, epochMs)
  if (index < openMs.length) return openMs[index]!
  return spansOf(calendar, year + 1, extended).openMs[0] ?? Infinity
}

function spanOpenUpTo(calendar: ExchangeCalendar, epochMs: number, extended: boolean): number {
  const year = yearOfInstant(epochMs)
  const { openMs } = spansOf(calendar, year, extended)
  const index = countUpTo(openMs, epochMs) - 1
  if (index >= 0) return openMs[index]!
  return spansOf(calendar, year - 1, extended).openMs.at(-1) ?? -Infinity
}

function limitAfter(epochMs: number): number {
  return epochMs + searchDays * dayMs
}

function nothingFound({ id }: ExchangeCalendar, what: string, epochMs: number): QmtlError {
  return new QmtlError('E_INVALID_DATA', `calendar ${id} ${what} ${formatInstant(epochMs)}`, {
    hint: 'ask only calendars with sessions for their opens and closes',
  })
}
