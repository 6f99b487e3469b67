import { formatInterval, QmtlError, suggestName } from '@qmtl/contracts'
import type { NodeSpec } from '@qmtl/engine'

/** Bars that a strategy reads or trades on. */
export interface BarsNeed {
  readonly instrument: string
  readonly intervalMs: number
}

/** What a strategy needs bars of, each once, in the order of its nodes: its sources, and what its targets trade. */
export function needsOf(nodes: readonly NodeSpec[]): readonly BarsNeed[] {
  const needs = new Map<string, BarsNeed>()
  for (const { kind, instrument, intervalMs } of nodes) {
    if (instrument === undefined || kind === 'operator') continue
    needs.set(`${instrument} ${intervalMs}`, { instrument, intervalMs })
  }
  return [...needs.values()]
}

/** The instruments among the needs, each once. */
export function instrumentsOf(needs: readonly BarsNeed[]): readonly string[] {
  return [...new Set(needs.map(({ instrument }) => instrument))]
}

/** The intervals in which a strategy uses an instrument. Throws `E_UNKNOWN_INSTRUMENT` where it uses none. */
export function intervalsOf(instrument: string, needs: readonly BarsNeed[]): readonly number[] {
  const intervals = needs.filter((need) => need.instrument === instrument).map(({ intervalMs }) => intervalMs)
  if (intervals.length > 0) return intervals
  const known = instrumentsOf(needs)
  throw new QmtlError(
    'E_UNKNOWN_INSTRUMENT',
    `the strategy does not use '${instrument}'; ${suggestName(instrument, known)}`,
    {
      hint: `give data of ${known.join(', ')}`,
    },
  )
}

/** `BTC-USD.SIM 1h`. */
export function needText({ instrument, intervalMs }: BarsNeed): string {
  return `${instrument} ${formatInterval(intervalMs)}`
}
