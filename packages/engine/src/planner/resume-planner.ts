import { sign, type Decimal } from '@qmtl/contracts'
import type { PlannerState, Sizing } from './plan-orders.ts'

/** What a restarted runner knows of one instrument. */
export interface ResumedTarget {
  readonly instrument: string
  /** Target times weight in force now. */
  readonly target: number
  /** Close of the bar since which it stands, epoch milliseconds UTC. */
  readonly targetSinceMs: number
  /** From the rebuilt book. */
  readonly position: Decimal
  /** Of the instrument's last fill, epoch milliseconds UTC. */
  readonly lastFillMs: number | undefined
}

/**
 * The planner's memory after a restart. A position that was filled after its target appeared, on the target's side, is
 * what the target came to; without this a restart would trade the price drift since then. All others are planned anew.
 */
export function resumePlanner(targets: readonly ResumedTarget[]): PlannerState {
  const state = new Map<string, Sizing>()
  for (const { instrument, target, targetSinceMs, position, lastFillMs } of targets) {
    if (lastFillMs === undefined || lastFillMs < targetSinceMs || sign(position) !== Math.sign(target)) continue
    state.set(instrument, { target, quantity: position, from: position })
  }
  return state
}
