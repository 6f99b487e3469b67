import { parseInstant, QmtlError } from '@qmtl/contracts'
import { barAt, type BarColumns } from '@qmtl/market'
import type { NodeSpec, SeriesRef } from '../graph/node-spec.ts'
import { createBarHistory, type BarHistory } from './bar-history.ts'
import { barsKey } from './bars-key.ts'
import type { EvaluationOptions } from './node-failure.ts'
import { createStreamingEvaluator, type SourceBar, type StreamingEvaluator } from './streaming-evaluator.ts'

/**
 * What becomes of a bar, or of another bar in the place of one, that comes after its instant was run. `recompute`: values
 * from its close on are run again and told as revisions; `ignore`: it is dropped; `side_output`: it is dropped and told.
 */
export type LateRule = 'recompute' | 'ignore' | 'side_output'

export interface LiveOptions extends EvaluationOptions {
  /** Default `recompute`. */
  readonly onLate?: LateRule
  /** A bar that closed no more than this before the watermark is run again under every rule. Milliseconds, default 0. */
  readonly allowedLatenessMs?: number
  /** Told of each bar that the rule `side_output` does not let in. */
  readonly onLateBar?: (bar: SourceBar) => void
  /** Told after each instant that was run, ascending within one call: `hasRow` and `value` then tell of it. */
  readonly onRow?: (row: LiveRow) => void
}

export interface LiveRow {
  /** Epoch milliseconds UTC. */
  readonly closeTimeMs: number
  /** It, or a later one, had been told before: values may be others now. */
  readonly isRevision: boolean
}

/** What became of an offered bar. `unread`: no source of the graph; `same`: it was there. */
export type BarOutcome = 'waiting' | 'replaced' | 'same' | 'revising' | 'dropped' | 'unread'

/**
 * A streaming evaluator for bars as they arrive: in any order, late, missing, repeated or corrected. At every moment the last
 * values it told are those of `evaluateColumnar` over `bars()`, to the same bits.
 */
export interface LiveEvaluator {
  readonly nodes: readonly NodeSpec[]
  /** The latest instant that counts as complete; −∞ before the first. */
  readonly watermarkMs: number
  /**
   * Takes bars; what has to be run again is run again before it returns, from the beginning of the history, since kernels
   * remember without bound. Throws `E_INVALID_DATA`, nothing changed, for a bar whose times are no whole milliseconds; and
   * `E_NODE_FAILED`, all else done, where `onFailure` does not take it.
   */
  offer(bars: readonly SourceBar[]): readonly BarOutcome[]
  /**
   * Declares all bars closing by an instant there, and runs what waits until then. An earlier one changes nothing. Throws
   * `E_NODE_FAILED` as `offer` does.
   */
  advanceTo(watermarkMs: number): void
  /** True where the instant run last gave the node a row. */
  hasRow(node: NodeSpec): boolean
  /** The series' value at its node's latest row; `NaN` for none. */
  value(series: SeriesRef): number
  /** Every bar taken that closes by the watermark, by source. They stay in memory: 48 bytes each. */
  bars(): readonly BarColumns[]
}

/** Makes a fresh evaluator. Throws `E_INVALID_PARAMETER` for a lateness that is no number from 0 on. */
export function createLiveEvaluator(outputs: readonly NodeSpec[], options: LiveOptions = {}): LiveEvaluator {
  const { onLate = 'recompute', allowedLatenessMs = 0, onRow, onLateBar } = options
  if (!(allowedLatenessMs >= 0)) {
    throw new QmtlError('E_INVALID_PARAMETER', `an allowed lateness of ${allowedLatenessMs} ms; it must be 0 or more`)
  }
  const failures = createFailureTeller(options)
  let evaluator = createStreamingEvaluator(outputs, failures)
  const histories = openHistories(evaluator.sources)
  const waiting = createWaitingBars()
  let watermarkMs = -Infinity
  let ranUntilMs = -Infinity

  const take = (bar: SourceBar): BarOutcome => {
    const history = histories.get(barsKey(bar))
    if (history === undefined) return 'unread'
    const closeTimeMs = closeOf(bar)
    if (closeTimeMs > watermarkMs) return waiting.put(bar)
    if (onLate !== 'recompute' && closeTimeMs <= watermarkMs - allowedLatenessMs) {
      if (onLate === 'side_output') onLateBar?.(bar)
      return 'dropped'
    }
    return history.put(bar.bar) === 'same' ? 'same' : 'revising'
  }

  const run = ([closeTimeMs, bars]: Step): void => {
    evaluator.advance(closeTimeMs, bars)
    onRow?.({ closeTimeMs, isRevision: closeTimeMs <= ranUntilMs })
  }

  const runAgain = (fromMs: number): void => {
    evaluator = createStreamingEvaluator(outputs, failures)
    const steps = stepsOf(histories)
    failures.tellFrom(fromMs)
    for (const step of steps) {
      if (step[0] < fromMs) evaluator.advance(...step)
      else run(step)
    }
    failures.tellFrom(-Infinity)
    ranUntilMs = Math.max(ranUntilMs, steps.at(-1)?.[0] ?? -Infinity)
  }

  return {
    nodes: evaluator.nodes,
    get watermarkMs() {
      return watermarkMs
    },
    offer(bars) {
      bars.forEach(checkTimes)
      const outcomes = bars.map(take)
      const revised = bars.filter((_, index) => outcomes[index] === 'revising').map(closeOf)
      if (revised.length > 0) runAgain(Math.min(...revised))
      failures.throwFirst()
      return outcomes
    },
    advanceTo(untilMs) {
      if (!(untilMs > watermarkMs)) return
      watermarkMs = untilMs
      for (const step of waiting.takeUntil(untilMs)) {
        for (const bar of step[1]) histories.get(barsKey(bar))?.put(bar.bar)
        run(step)
        ranUntilMs = step[0]
      }
      failures.throwFirst()
    },
    hasRow: (node) => evaluator.hasRow(node),
    value: (series) => evaluator.value(series),
    bars: () => Array.from(histories.values(), (history) => history.columns()),
  }
}

/** Takes failures of nodes, so that one does not keep the others from running. */
function createFailureTeller({ onFailure }: LiveOptions) {
  let first: QmtlError | undefined
  let fromMs = -Infinity
  return {
    onFailure(error: QmtlError): void {
      const closed = error.details['bar_close_ts']
      // Those of rows that do not change were told when they were run first.
      if (typeof closed === 'string' && parseInstant(closed) < fromMs) return
      if (onFailure === undefined) first ??= error
      else onFailure(error)
    },
    /** From here on only failures on bars that close at or after an instant are told. */
    tellFrom(epochMs: number): void {
      fromMs = epochMs
    },
    throwFirst(): void {
      const error = first
      first = undefined
      if (error !== undefined) throw error
    },
  }
}

function openHistories(sources: StreamingEvaluator['sources']): ReadonlyMap<string, BarHistory> {
  return new Map(
    sources.map(({ instrument = '', intervalMs }) => {
      const source = { instrument, intervalMs }
      return [barsKey(source), createBarHistory(source)]
    }),
  )
}

function checkTimes({ instrument, intervalMs, bar }: SourceBar): void {
  if (Number.isSafeInteger(bar.openTimeMs) && Number.isSafeInteger(intervalMs) && intervalMs > 0) return
  const seen = `opens at ${bar.openTimeMs} ms and is ${intervalMs} ms long`
  throw new QmtlError('E_INVALID_DATA', `a bar of ${instrument} ${seen}; both must be whole, the length above 0`)
}

function closeOf({ bar, intervalMs }: SourceBar): number {
  return bar.openTimeMs + intervalMs
}

type Step = readonly [closeTimeMs: number, bars: readonly SourceBar[]]

/** Bars whose instant was not run, one per source and instant. */
function createWaitingBars(): {
  put(bar: SourceBar): 'waiting' | 'replaced' | 'same'
  takeUntil(untilMs: number): readonly Step[]
} {
  const steps = new Map<number, Map<string, SourceBar>>()
  return {
    put(bar) {
      const step = steps.get(closeOf(bar)) ?? new Map<string, SourceBar>()
      steps.set(closeOf(bar), step)
      const known = step.get(barsKey(bar))
      step.set(barsKey(bar), bar)
      if (known === undefined) return 'waiting'
      return isSameBar(known, bar) ? 'same' : 'replaced'
    },
    takeUntil(untilMs) {
      const due = [...steps.keys()].filter((closeTimeMs) => closeTimeMs <= untilMs).sort((a, b) => a - b)
      return due.map((closeTimeMs): Step => {
        const bars = [...(steps.get(closeTimeMs)?.values() ?? [])]
        steps.delete(closeTimeMs)
        return [closeTimeMs, bars]
      })
    },
  }
}

function isSameBar({ bar: a }: SourceBar, { bar: b }: SourceBar): boolean {
  return (['open', 'high', 'low', 'close', 'volume'] as const).every((column) => Object.is(a[column], b[column]))
}

/** All bars of the histories by their close, ascending. */
function stepsOf(histories: ReadonlyMap<string, BarHistory>): readonly Step[] {
  const steps = new Map<number, SourceBar[]>()
  for (const history of histories.values()) {
    const columns = history.columns()
    const { instrument, intervalMs } = columns
    for (let index = 0; index < columns.length; index++) {
      const bar = { instrument, intervalMs, bar: barAt(columns, index) }
      const step = steps.get(closeOf(bar))
      if (step === undefined) steps.set(closeOf(bar), [bar])
      else step.push(bar)
    }
  }
  return [...steps].sort(([a], [b]) => a - b)
}
