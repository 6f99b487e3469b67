import { figure, missing, type Figure } from './figure.ts'
import type { ReturnSeries } from './return-series.ts'

const dayMs = 86_400_000
/** Equity is a product of rounded returns: a peak counts as regained within this share of it. */
const roundingShare = 1e-12

interface Drawdowns {
  readonly depth: Figure
  /** In days. */
  readonly duration: Figure
}

/** Deepest and longest fall below a former peak; the start, with equity 1, is the first peak. */
export function drawdowns({ startMs, closeTimesMs }: ReturnSeries, equity: Float64Array): Drawdowns {
  if (equity.length === 0) return { depth: missing('there are no returns'), duration: missing('there are no returns') }
  let peak = 1
  let peakMs = startMs
  let isUnderWater = false
  let depth = 0
  let longestMs = 0
  for (let index = 0; index < equity.length; index++) {
    const value = equity[index] ?? 0
    const closeMs = closeTimesMs[index] ?? startMs
    const hasRecovered = value >= peak * (1 - roundingShare)
    if (!hasRecovered || isUnderWater) longestMs = Math.max(longestMs, closeMs - peakMs)
    if (hasRecovered) {
      peak = Math.max(peak, value)
      peakMs = closeMs
    } else {
      depth = Math.max(depth, (peak - value) / peak)
    }
    isUnderWater = !hasRecovered
  }
  return { depth: figure(depth), duration: figure(longestMs / dayMs) }
}
