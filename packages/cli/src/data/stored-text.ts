import { formatInstant, intervalMs, parseInstant } from '@qmtl/contracts'
import type { StoredBars } from '@qmtl/market'
import { counted } from '../output/numbers.ts'
import { minuteText } from '../output/times.ts'

/** From the open of the first stored bar to the close of the last. */
export function rangeText({
  first_ts,
  last_ts,
  interval,
}: Pick<StoredBars, 'first_ts' | 'last_ts' | 'interval'>): string {
  const end = formatInstant(parseInstant(last_ts) + intervalMs(interval))
  return `${minuteText(first_ts)} to ${minuteText(end)} UTC`
}

/** Holes of the grid, whatever the calendar. */
export function gapsText({ gaps }: Pick<StoredBars, 'gaps'>): string {
  if (gaps.count === 0) return 'none'
  return `${counted(gaps.missing_bars, 'bar')} of the grid missing, in ${counted(gaps.count, 'place')}`
}
