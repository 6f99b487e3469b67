import { QmtlError } from '@qmtl/contracts'
import type { TrialWindow } from './trial-window.ts'

/** `rolling`: the stretch before; `anchored`: everything before. */
export type TrainingSpan = 'rolling' | 'anchored'

/** Parameters are chosen in `train` and traded in `test`, which begins where `train` ends. */
export interface Fold {
  readonly train: TrialWindow
  readonly test: TrialWindow
}

export interface WalkForwardOptions {
  /** How many times parameters are chosen, at least 1. */
  readonly folds: number
  readonly training: TrainingSpan
  /** Length of the bars: stretches end where bars do. */
  readonly intervalMs: number
}

/**
 * Cuts a span into `folds + 1` stretches of equal length (the last takes what is left over) and tests on each but the first
 * what was chosen before it. Pardo, The Evaluation and Optimization of Trading Strategies (2008), chapter 11. Throws
 * `E_INVALID_PARAMETER` for folds below 1 or stretches of fewer than two bars.
 */
export function walkForwardFolds(
  { fromMs, toMs }: TrialWindow,
  { folds, training, intervalMs }: WalkForwardOptions,
): readonly Fold[] {
  if (!Number.isSafeInteger(folds) || folds < 1) {
    throw new QmtlError('E_INVALID_PARAMETER', `a walk forward of ${folds} folds; give a whole number from 1 on`)
  }
  const bars = Math.floor((toMs - fromMs) / intervalMs / (folds + 1))
  if (bars < 2) {
    throw new QmtlError(
      'E_INVALID_PARAMETER',
      `${folds} folds leave ${bars} bars for each stretch; at least 2 are needed: take fewer folds or more bars`,
    )
  }
  const startOf = (stretch: number): number => fromMs + stretch * bars * intervalMs
  return Array.from({ length: folds }, (_, fold) => ({
    train: { fromMs: training === 'anchored' ? fromMs : startOf(fold), toMs: startOf(fold + 1) },
    test: { fromMs: startOf(fold + 1), toMs: fold + 1 === folds ? toMs : startOf(fold + 2) },
  }))
}
