import { integer, longestPeriod, type OptionalParameter, type Parameter } from '../graph/parameters.ts'

/** The `window` of an operator in bars; `spare` bars are needed beside it. */
export function windowParameter({
  min = 1,
  spare = 0,
}: { readonly min?: number; readonly spare?: number } = {}): Parameter<number> {
  return integer({ min, max: longestPeriod - spare })
}

/** A window of 1 to 10 000 bars that may be left out. */
export function withDefault(window: number): OptionalParameter<number> {
  return integer({ min: 1, max: longestPeriod, default: window })
}
