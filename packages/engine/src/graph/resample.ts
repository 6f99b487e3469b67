import { formatInterval, intervalMs, QmtlError } from '@qmtl/contracts'
import { aggregates, resampleKernel, type Aggregate } from '../operators/resample-kernel.ts'
import { builtInCodeHash, isSeriesRef, makeNode } from './make-node.ts'
import { nodeLabel, type Series, type Timing } from './node-spec.ts'
import { choice, invalidParameters, parseParameters } from './parameters.ts'
import { seriesWith } from './series.ts'

const codeHash = builtInCodeHash(resampleKernel.name, resampleKernel.version)
const schema = { aggregate: choice(aggregates, { default: 'last' }) }

/** Columns of bars that are brought to a longer interval together. */
export interface ResampledBars<T extends Timing> {
  readonly open: Series<T>
  readonly high: Series<T>
  readonly low: Series<T>
  readonly close: Series<T>
  readonly volume: Series<T>
}

/**
 * A series in bars of a longer interval, a whole multiple of its own: the `first`, `last` (where it is left out), `highest`,
 * `lowest`, `sum` or `mean` of the values within each, which begins and ends on multiples of the interval since 1970 UTC. Its
 * own interval gives the series itself. To trade on it, `align` it to the bars that are traded.
 *
 * A longer bar is there where a shorter one closes with it: one whose last part is missing is not, because nothing tells in time
 * that it is over. Parts missing before are left out; a part without a value leaves all but `first` and `last` without one. A bar
 * in which the history begins has no value. Throws `E_INVALID_INTERVAL`, `E_INVALID_PARAMETER`, and `E_MIXED_INTERVALS` for a
 * series that is only aligned.
 */
export function resample<T extends Timing>(x: Series<T>, interval: string, aggregate: Aggregate = 'last'): Series<T> {
  const settings = parseParameters('resample', schema, { aggregate })
  if (!isSeriesRef(x)) {
    throw invalidParameters('resample', [{ path: 'x', message: 'must be a series, such as price.close', value: x }])
  }
  const targetMs = intervalMs(interval)
  const barMs = x.node.intervalMs
  if (targetMs === barMs) return x
  checkIntervals(x, targetMs)
  const node = makeNode({
    nodeType: resampleKernel.name,
    kind: 'operator',
    intervalMs: targetMs,
    period: 1,
    settings: Object.freeze({ ...settings, intervalMs: targetMs, barMs }),
    inputs: { x },
    operator: resampleKernel,
    codeHash,
    gathers: true,
  })
  return seriesWith(node, 'value', x.timing)
}

/** The bars of a longer interval from shorter ones: `resample` of each column. */
export function resampleBars<T extends Timing>(bars: ResampledBars<T>, interval: string): ResampledBars<T> {
  return Object.freeze({
    open: resample(bars.open, interval, 'first'),
    high: resample(bars.high, interval, 'highest'),
    low: resample(bars.low, interval, 'lowest'),
    close: resample(bars.close, interval, 'last'),
    volume: resample(bars.volume, interval, 'sum'),
  })
}

function checkIntervals({ node }: Series<Timing>, targetMs: number): void {
  const [own, target] = [formatInterval(node.intervalMs), formatInterval(targetMs)]
  if (targetMs < node.intervalMs || targetMs % node.intervalMs !== 0) {
    throw new QmtlError(
      'E_INVALID_INTERVAL',
      `resample: ${target} is no whole multiple of the series' bars of ${own}`,
      {
        hint: `take a longer interval that ${own} divides, or align(x, '${target}')`,
      },
    )
  }
  if (node.stepwise) {
    throw new QmtlError(
      'E_MIXED_INTERVALS',
      `resample: ${nodeLabel(node)} is only aligned to ${own} and has no such bars`,
      {
        hint: 'resample the series that is aligned',
      },
    )
  }
}
