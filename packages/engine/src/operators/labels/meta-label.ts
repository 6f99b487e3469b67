import type { Series, Timing } from '../../graph/node-spec.ts'
import { seriesWith } from '../../graph/series.ts'
import { equal } from '../pointwise/comparison.ts'
import { and, not } from '../pointwise/logic.ts'
import { lag } from '../rolling/change.ts'
import { barrierHorizon, tripleBarrier, type TripleBarrierOptions } from './triple-barrier.ts'

export interface MetaLabelOptions extends TripleBarrierOptions {
  /** True where the entry was not taken, read on the bar of the entry. */
  readonly filtered?: Series
}

/**
 * A label for a model that judges another's entries: 1 where the entry was not filtered and `tripleBarrier` with the same
 * options ends at the profit target, else 0; delayed and without a value as that label is. Source: M. López de Prado, Advances
 * in Financial Machine Learning (2018), 3.6.
 */
export function metaLabel<T extends Timing>(
  price: Series<T>,
  { filtered, ...options }: MetaLabelOptions,
): Series<'delayed'> {
  const won = equal(tripleBarrier(price, options).outcome, 1)
  if (filtered === undefined) return won
  const kept = not(lag(filtered, barrierHorizon(price, options)))
  return seriesWith(and(won, kept).node, 'value', 'delayed')
}
