import {
  compare,
  decimal,
  decimalText,
  minus,
  ONE,
  plus,
  sign,
  ZERO,
  type Decimal,
  type ErrorCause,
} from '@qmtl/contracts'
import { feeRate, slippageRate, type RealityModels } from '@qmtl/brokerage'
import { invalidParameters } from '../graph/parameters.ts'

/**
 * When a standing target is traded again. `on-change`: once its position is reached, price drift moves nothing until the
 * target changes. `band`: also whenever the position has drifted from the target by this share of equity.
 */
export type Rebalance = { readonly kind: 'on-change' } | { readonly kind: 'band'; readonly fraction: Decimal }

/** How targets become quantities. Shares are of the strategy's equity. */
export interface PlannerRules {
  readonly rebalance: Rebalance
  /** Share left out of every target, so that a price move between decision and fill does not exceed the funds. */
  readonly freePortfolioFraction: Decimal
  /** A new target that differs from the position by less gives no order; leaving a position always does. */
  readonly minimumOrderFraction: Decimal
  /** What may stay missing of a target that was partly filled (cut to the funds, fee taken in the coin bought). */
  readonly mendFraction: Decimal
  /** Orders of less notional, in quote currency, are not sent. */
  readonly minimumNotional: Decimal
  /** Fee and slippage per unit of notional that sizing leaves room for. */
  readonly costRate: Decimal
}

export type PlannerOptions = Partial<Omit<PlannerRules, 'costRate'>>

/**
 * Rules for a world's models: defaults `on-change`, 0.25 % of equity kept free, orders from 0.1 % of equity, 1 % left
 * unmended, no minimum notional. Throws `E_INVALID_PARAMETER` for shares outside [0, 1), because they would turn a target
 * round or trade nothing, and for a negative minimum notional.
 */
export function plannerRules(models: RealityModels, options: PlannerOptions = {}): PlannerRules {
  const rules = {
    rebalance: options.rebalance ?? { kind: 'on-change' },
    freePortfolioFraction: options.freePortfolioFraction ?? decimal('0.0025'),
    minimumOrderFraction: options.minimumOrderFraction ?? decimal('0.001'),
    mendFraction: options.mendFraction ?? decimal('0.01'),
    minimumNotional: options.minimumNotional ?? ZERO,
    costRate: plus(feeRate(models.fees), slippageRate(models.slippage)),
  }
  const causes = faultsOf(rules)
  if (causes.length > 0) throw invalidParameters('planner', causes)
  return rules
}

/** Share of equity that a target of 1 invests before costs. */
export function investableFraction(rules: PlannerRules): Decimal {
  return minus(ONE, rules.freePortfolioFraction)
}

function faultsOf(rules: PlannerRules): readonly ErrorCause[] {
  const { rebalance, minimumNotional } = rules
  return [
    ...shareFaults('freePortfolioFraction', rules.freePortfolioFraction),
    ...shareFaults('minimumOrderFraction', rules.minimumOrderFraction),
    ...shareFaults('mendFraction', rules.mendFraction),
    ...(rebalance.kind === 'band' ? shareFaults('rebalance.fraction', rebalance.fraction) : []),
    ...(sign(minimumNotional) < 0
      ? [{ path: 'minimumNotional', message: 'must be 0 or more', value: decimalText(minimumNotional) }]
      : []),
  ]
}

function shareFaults(path: string, share: Decimal): readonly ErrorCause[] {
  if (sign(share) >= 0 && compare(share, ONE) < 0) return []
  return [{ path, message: 'must be at least 0 and below 1', value: decimalText(share) }]
}
