import type { ExchangeHours } from '@qmtl/market'

/**
 * Hours of one instrument within its market: its own week, its holidays and those of the market, and the early closes and late opens
 * of both, the instrument's time winning on a date of both. A date that is a holiday of either is closed, whatever else it has.
 */
export function inheritHours(own: ExchangeHours, market: ExchangeHours): ExchangeHours {
  return {
    ...own,
    holidays: [...new Set([...(market.holidays ?? []), ...(own.holidays ?? [])])].toSorted(),
    earlyCloses: { ...market.earlyCloses, ...own.earlyCloses },
    lateOpens: { ...market.lateOpens, ...own.lateOpens },
  }
}

/** Hours of options: their own week, with the special dates of the underlying where they list none of their own. */
export function optionHours(own: ExchangeHours, underlying: ExchangeHours): ExchangeHours {
  const lists = [own.holidays ?? [], Object.keys(own.earlyCloses ?? {}), Object.keys(own.lateOpens ?? {})]
  return lists.some((list) => list.length > 0) ? own : inheritHours(own, underlying)
}
