import type { Series, Timing } from '../../graph/node-spec.ts'

// What an indicator reads of the bars: `bars(…)` has all of it, and so may an object of other series.

export interface HighLow<T extends Timing> {
  readonly high: Series<T>
  readonly low: Series<T>
}

export interface HighLowClose<T extends Timing> extends HighLow<T> {
  readonly close: Series<T>
}

export interface OpenHighLowClose<T extends Timing> extends HighLowClose<T> {
  readonly open: Series<T>
}

export interface CloseVolume<T extends Timing> {
  readonly close: Series<T>
  readonly volume: Series<T>
}

export interface HighLowCloseVolume<T extends Timing> extends HighLowClose<T> {
  readonly volume: Series<T>
}
