import { intervalMs } from '@qmtl/contracts'
import { builtInCodeHash, makeNode } from './make-node.ts'
import type { NodeSpec, Series } from './node-spec.ts'
import { parseParameters, text } from './parameters.ts'
import { seriesWith } from './series.ts'

const barOutputs = ['open', 'high', 'low', 'close', 'volume'] as const
const codeHash = builtInCodeHash('bars', 1)

/** An instrument id: symbol and venue, split at the last dot. */
export const instrumentParameter = text({
  pattern: /^[^\s|]+\.[^\s|.]+$/,
  described: "an instrument id such as 'BTC-USD.SIM'",
})

export interface BarsOptions {
  readonly instrument: string
  /** Length of a bar, as `15m`, `1h` or `1d`. */
  readonly interval: string
  /** For discovery only. */
  readonly tags?: readonly string[]
}

/** The bars of one instrument and interval, each column a series. */
export interface BarSeries extends Readonly<Record<(typeof barOutputs)[number], Series>> {
  readonly node: NodeSpec
  readonly instrument: string
  readonly interval: string
}

/**
 * The source of an instrument's bars. Where they come from is the world's decision. Throws `E_INVALID_PARAMETER` or
 * `E_INVALID_INTERVAL`.
 */
export function bars({ instrument, interval, tags = [] }: BarsOptions): BarSeries {
  const settings = parseParameters('bars', { instrument: instrumentParameter }, { instrument })
  const node = makeNode({
    nodeType: 'bars',
    kind: 'source',
    intervalMs: intervalMs(interval),
    period: 0,
    settings,
    inputs: {},
    outputs: barOutputs,
    codeHash,
    schema: 'bars/v1',
    tags,
    instrument,
  })
  return Object.freeze({
    node,
    instrument,
    interval,
    open: seriesWith(node, 'open', 'causal'),
    high: seriesWith(node, 'high', 'causal'),
    low: seriesWith(node, 'low', 'causal'),
    close: seriesWith(node, 'close', 'causal'),
    volume: seriesWith(node, 'volume', 'causal'),
  })
}
