import { integer, longestPeriod, type Parameter } from '../graph/parameters.ts'

/** The `window` of an operator in bars; `spare` bars are needed beside it. */
export function windowParameter({
  min = 1,
  spare = 0,
}: { readonly min?: number; readonly spare?: number } = {}): Parameter<number> {
  return integer({ min, max: longestPeriod - spare })
}
