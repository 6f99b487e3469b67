import { b3, canonicalJson, decimalText } from '@qmtl/contracts'
import { describeModels } from '@qmtl/brokerage'
import type { PlannerRules } from '../planner/planner-rules.ts'
import type { SimulationInput } from './simulate.ts'

/** Where targets came from: the parts of the fingerprint that the loop itself does not see. */
export interface BacktestOrigin {
  /** Of every column of bars that was read, in any order. */
  readonly dataFingerprints: readonly string[]
  /** Of every node that was evaluated, in any order. */
  readonly codeHashes: readonly string[]
  /** Ids of the intent nodes: they cover code, parameters and wiring. */
  readonly nodeIds: readonly string[]
}

/**
 * Stands for the code of planner, models and loop: moves whenever they make something else of the same inputs, so that two
 * results never share a fingerprint.
 */
const simulationVersion = 2

/** BLAKE3 of the canonical JSON of everything a run depends on. */
export function fingerprintOfRun(input: SimulationInput, origin: BacktestOrigin): string {
  return b3(
    canonicalJson({
      simulation: simulationVersion,
      data: sortedUnique(origin.dataFingerprints),
      code_hashes: sortedUnique(origin.codeHashes),
      nodes: sortedUnique(origin.nodeIds),
      cash: decimalText(input.cash),
      models: describeModels(input.models),
      planner: describeRules(input.rules),
      instruments: input.instruments
        .map(({ id, lotSize, multiplier, calendar }) =>
          [id, decimalText(lotSize), decimalText(multiplier), calendar].join(' '),
        )
        .sort(),
    }),
  )
}

/** One fingerprint for all columns of bars: that of the only one, or a hash of the sorted list. */
export function oneFingerprint(fingerprints: readonly string[]): string {
  const [first = '', ...others] = sortedUnique(fingerprints)
  return others.length === 0 ? first : `lake:${b3(canonicalJson([first, ...others]))}`
}

export function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

/** The planner's rules for fingerprints and reports; what follows from the models is left out. */
export function describeRules(rules: PlannerRules): Record<string, string> {
  const { rebalance } = rules
  return {
    rebalance: rebalance.kind === 'band' ? `band(${decimalText(rebalance.fraction)})` : rebalance.kind,
    free_portfolio_fraction: decimalText(rules.freePortfolioFraction),
    minimum_order_fraction: decimalText(rules.minimumOrderFraction),
    mend_fraction: decimalText(rules.mendFraction),
    minimum_notional: decimalText(rules.minimumNotional),
  }
}
