import { formatInterval } from '@qmtl/contracts'
import type { BarSource } from '@qmtl/market'

/** Names the bars of an instrument and interval, as `BTC-USD.SIM 1h`. */
export function barsKey({ instrument, intervalMs }: BarSource): string {
  return `${instrument} ${formatInterval(intervalMs)}`
}
