import type { Series, Timing } from '../../graph/node-spec.ts'
import { number, parseParameters } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import { sma } from '../averages/sma.ts'
import { stdev } from '../rolling/deviation.ts'

const exponent = { beta: number({ min: -100, max: 100, default: 0.5 }) }

/** What trading does to a book: √(volume ÷ mean volume) ÷ depth^beta; `beta` is 0.5 where it is left out. No value without depth. */
export function impact<T extends Timing>(
  { volume, meanVolume, depth }: Readonly<Record<'volume' | 'meanVolume' | 'depth', Series<T>>>,
  options: { readonly beta?: number } = {},
): Series<T> {
  const { beta } = parseParameters('impact', exponent, options)
  return volume.dividedBy(meanVolume).sqrt().dividedBy(depth.log().times(beta).exp())
}

const rebounds = defineOperator({
  name: 'resiliency',
  version: 1,
  params: { gamma: number({ min: -1e6, max: 1e6, default: 1 }) },
  roles: ['impact', 'volatility', 'imbalanceChange'],
  period: () => 1,
  init: ({ gamma }) => ({ gamma }),
  step({ gamma }, inputs, outputs) {
    outputs[0] = Math.tanh(gamma * inputs[0]! * inputs[1]!) * inputs[2]!
  },
})

/** How a book comes back after an impact: tanh(gamma × impact × volatility) × change of the imbalance; `gamma` is 1 where it is left out. */
export function resiliency<T extends Timing>(
  inputs: Readonly<Record<'impact' | 'volatility' | 'imbalanceChange', Series<T>>>,
  options: { readonly gamma?: number } = {},
): Series<T> {
  const { impact: hit, volatility, imbalanceChange } = inputs
  return rebounds.series({ impact: hit, volatility, imbalanceChange }, options)
}

/** Events per member at risk on a bar, the discrete hazard; no value where nobody is at risk. */
export function hazardRate<A extends Timing, B extends Timing>(events: Series<A>, atRisk: Series<B>): Series<A | B> {
  return events.dividedBy(atRisk)
}

/** The mean and the population standard deviation of the volume over `window` bars (2 to 10 000). */
export function volumeFeatures<T extends Timing>(
  volume: Series<T>,
  window: number,
): Readonly<Record<'mean' | 'deviation', Series<T>>> {
  return { mean: sma(volume, window), deviation: stdev(volume, window) }
}
