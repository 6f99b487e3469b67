import { intervalMs } from '@qmtl/contracts'
import { builtInCodeHash, isSeriesRef, makeNode } from './make-node.ts'
import type { Series, Timing } from './node-spec.ts'
import { invalidParameters } from './parameters.ts'
import { seriesWith } from './series.ts'

const codeHash = builtInCodeHash('align', 1)

/**
 * A series brought to another interval: at each bar of that interval, the last value whose own bar had closed by then, so
 * an hourly value reaches the 5-minute bars from the hour's close on. Aligning to the series' own interval gives the series
 * itself. Throws `E_INVALID_INTERVAL` or `E_INVALID_PARAMETER`.
 */
export function align<T extends Timing>(series: Series<T>, interval: string): Series<T> {
  if (!isSeriesRef(series)) {
    throw invalidParameters('align', [
      { path: 'series', message: 'must be a series, such as price.close', value: series },
    ])
  }
  const targetMs = intervalMs(interval)
  if (targetMs === series.node.intervalMs) return series
  const node = makeNode({
    nodeType: 'align',
    kind: 'operator',
    intervalMs: targetMs,
    period: 1,
    settings: {},
    inputs: { x: series },
    codeHash,
    stepwise: true,
  })
  return seriesWith(node, 'value', series.timing)
}
