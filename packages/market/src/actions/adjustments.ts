import { formatInstant, QmtlError } from '@qmtl/contracts'
import { dayMs, parseDay } from '../calendars/civil-date.ts'
import type { ExchangeCalendar } from '../calendars/exchange-calendar.ts'
import { sessionsBetween } from '../calendars/sessions.ts'
import type { Adjustment } from './adjust-bars.ts'
import type { CorporateAction } from './corporate-action.ts'

/** Which actions to adjust for: splits alone, or dividends too. */
export type AdjustKind = 'splits' | 'all'

/** An action and where it falls among the bars of its share. */
export interface PlacedAction {
  readonly action: CorporateAction
  /** First open, extended hours included, of the first session on or after the ex-date. */
  readonly effectiveMs: number
  /** Close of the regular hours before that: the close of a dividend's factor is that of the last bar which opens before it. */
  readonly closeMs: number
}

const searchDays = 15

/**
 * Places actions on the sessions of a calendar. Throws `E_INVALID_DATA` for an action without a session within 15 days of its ex-date,
 * or outside the known years.
 */
export function placeActions(
  actions: readonly CorporateAction[],
  { calendar, kind }: { readonly calendar: ExchangeCalendar; readonly kind: AdjustKind },
): readonly PlacedAction[] {
  return actions
    .filter((action) => kind === 'all' || action.kind === 'split')
    .map((action) => {
      const dateMs = parseDay(action.exDate) * dayMs
      const near = sessionsBetween(calendar, dateMs - searchDays * dayMs, dateMs + searchDays * dayMs, {
        extended: true,
      })
      const first = near.find(({ date }) => date >= action.exDate)
      const before = near.findLast(({ date, hasRegularHours }) => date < action.exDate && hasRegularHours)
      if (first !== undefined && before !== undefined) {
        return { action, effectiveMs: first.extendedOpenMs, closeMs: before.closeMs }
      }
      throw new QmtlError('E_INVALID_DATA', `calendar ${calendar.id} has no sessions around ${action.exDate}`, {
        hint: 'name the calendar of the instrument',
      })
    })
}

/**
 * The factors of an action. A split of `s` new shares for one divides prices by `s` and multiplies volumes; a dividend `d` multiplies
 * prices by `(c − d) ÷ c`, with `c` the last close before the ex-date (CRSP's and LEAN's factor). Throws `E_INVALID_DATA` for a
 * dividend that is not below `c`.
 */
export function adjustmentOf({ action, effectiveMs }: PlacedAction, closeBefore: number): Adjustment {
  const { kind, value, exDate } = action
  if (kind === 'split') return { effectiveMs, priceFactor: 1 / value, volumeFactor: value }
  if (value < closeBefore) return { effectiveMs, priceFactor: (closeBefore - value) / closeBefore, volumeFactor: 1 }
  throw new QmtlError(
    'E_INVALID_DATA',
    `the dividend of ${exDate} is ${value}, not below the close ${closeBefore} before ${formatInstant(effectiveMs)}`,
    { hint: 'correct the actions: a dividend is in quote currency for one share as it is before the ex-date' },
  )
}
