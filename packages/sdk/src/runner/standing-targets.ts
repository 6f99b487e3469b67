import { positionQuantity } from '@qmtl/brokerage'
import { resumePlanner, type NodeSpec, type StreamingEvaluator } from '@qmtl/engine'
import type { StrategyDesk } from './strategy-desk.ts'
import type { WeightOf } from './strategy-weight.ts'

/** A position target with the close time since which it stands. */
interface Standing {
  readonly target: number
  readonly sinceMs: number
}

/** Follows the targets of intents while history is replayed, so that a restarted planner knows which one a position is of. */
export interface StandingTargets {
  /** Looks at the intents after the evaluator has taken the bars of an instant. */
  note(intents: readonly NodeSpec[], evaluator: StreamingEvaluator, closeTimeMs: number): void
  /**
   * The desk with its planner's memory rebuilt from its book, for its targets at their present weights; `lastFillMs` tells
   * the last fill of an instrument that was sized with these weights.
   */
  resume(
    desk: StrategyDesk,
    intents: readonly NodeSpec[],
    known: { readonly weightOf: WeightOf; readonly lastFillMs: (instrument: string) => number | undefined },
  ): StrategyDesk
}

export function createStandingTargets(): StandingTargets {
  const standing = new Map<string, Standing>()
  return {
    note(intents, evaluator, closeTimeMs) {
      for (const node of intents) {
        if (!evaluator.hasRow(node)) continue
        const target = evaluator.value({ node, output: 'target' })
        if (standing.get(node.id)?.target !== target) standing.set(node.id, { target, sinceMs: closeTimeMs })
      }
    },
    resume(desk, intents, { weightOf, lastFillMs }) {
      const targets = intents.flatMap((node) => {
        const known = standing.get(node.id)
        if (known === undefined || node.instrument === undefined) return []
        const { instrument } = node
        const position = positionQuantity(desk.book, instrument)
        const { sinceMs } = known
        const target = known.target * weightOf(known.target)
        return [{ instrument, target, targetSinceMs: sinceMs, position, lastFillMs: lastFillMs(instrument) }]
      })
      return { ...desk, planner: resumePlanner(targets) }
    },
  }
}
