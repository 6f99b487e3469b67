export { align } from './graph/align.ts'
export { bars, type BarSeries, type BarsOptions } from './graph/bars.ts'
export { collectGraph, sourcesOf, warmupOf } from './graph/collect-graph.ts'
export { customNode, type CustomNodeOptions } from './graph/custom-node.ts'
export type { Helpers, SeriesViews } from './graph/custom-operator.ts'
export type { NodeSpec, Operand, Operator, Series, SeriesRef, Timing } from './graph/node-spec.ts'
export {
  boolean,
  choice,
  integer,
  number,
  parseParameters,
  text,
  type OptionalParameter,
  type Parameter,
  type ParameterInput,
  type ParameterSchema,
  type ParametersOf,
  type ParameterValue,
  type ParameterValues,
} from './graph/parameters.ts'
export {
  positionTarget,
  targetSettings,
  type PositionTargetOptions,
  type TargetSettings,
} from './graph/position-target.ts'
export { resample, resampleBars, type ResampledBars } from './graph/resample.ts'
export { serializeGraph, type GraphHead } from './graph/serialize-graph.ts'
export { seriesOf } from './graph/series.ts'
export type { SeriesView } from './graph/series-view.ts'
export { dema, ema, rma, tema, type EmaOptions } from './operators/averages/ema.ts'
export { kama, type KamaOptions } from './operators/averages/kama.ts'
export { sma } from './operators/averages/sma.ts'
export { vwma } from './operators/averages/vwma.ts'
export { hma, wma } from './operators/averages/wma.ts'
export { zlema } from './operators/averages/zlema.ts'
export { aroon } from './operators/indicators/aroon.ts'
export {
  bollingerBands,
  chandelierExit,
  donchian,
  keltnerChannel,
  type Bands,
  type ChandelierOptions,
  type KeltnerOptions,
} from './operators/indicators/bands.ts'
export { adx, di } from './operators/indicators/directional.ts'
export { equityLinearity, equityLinearityV2 } from './operators/indicators/equity-linearity.ts'
export { heikinAshi } from './operators/indicators/heikin-ashi.ts'
export {
  obiRegime,
  thresholdSignal,
  type ObiRegimeOptions,
  type ThresholdOptions,
} from './operators/indicators/hysteresis.ts'
export { ichimokuCloud, type IchimokuOptions } from './operators/indicators/ichimoku.ts'
export { kalmanTrend, type KalmanOptions } from './operators/indicators/kalman-trend.ts'
export { macd, ppo, trix, type MacdOptions } from './operators/indicators/moving-differences.ts'
export { cci, cmo, mfi, ultimate, type UltimateOptions } from './operators/indicators/oscillators.ts'
export { parabolicSar, type ParabolicSarOptions } from './operators/indicators/parabolic-sar.ts'
export { pivotPoints } from './operators/indicators/pivot-points.ts'
export { acceptablePriceBand, type PriceBandOptions } from './operators/indicators/price-band.ts'
export { atr, trueRange, typicalPrice, type AtrOptions } from './operators/indicators/range.ts'
export { rsi, type RsiOptions } from './operators/indicators/rsi.ts'
export {
  kdj,
  stochRsi,
  stochastic,
  williamsR,
  type KdjOptions,
  type StochRsiOptions,
  type StochasticOptions,
} from './operators/indicators/stochastic.ts'
export { supertrend, type SupertrendOptions } from './operators/indicators/supertrend.ts'
export { roughVolatility, volatility } from './operators/indicators/volatility.ts'
export { anchoredVwap, obv, twap, vwap, type ObvOptions } from './operators/indicators/volume.ts'
export { crossSectionalRank, crossSectionalZScore } from './operators/cross-section/cross-section.ts'
export { forwardReturn } from './operators/labels/forward-return.ts'
export { metaLabel, type MetaLabelOptions } from './operators/labels/meta-label.ts'
export { tripleBarrier, type TripleBarrierLabel, type TripleBarrierOptions } from './operators/labels/triple-barrier.ts'
export type { BookLevels, BookSizes, Quote } from './operators/order-book/book-inputs.ts'
export { depth, depthChange, depthSlope, gapDepthWeightedSum } from './operators/order-book/depth.ts'
export {
  executionImbalance,
  logisticOrderBookWeight,
  orderBookImbalance,
  orderFlowImbalance,
  type LogisticWeightOptions,
} from './operators/order-book/imbalance.ts'
export {
  conditionalEntryFilter,
  microprice,
  micropriceImbalance,
  mixedPrice,
  priorityIndex,
  spreadZScore,
  type EntryFilterBounds,
} from './operators/order-book/microprice.ts'
export { hazardRate, impact, resiliency, volumeFeatures } from './operators/order-book/resiliency.ts'
export {
  abs,
  add,
  divide,
  exp,
  log,
  midpoint,
  multiply,
  negate,
  sqrt,
  subtract,
} from './operators/pointwise/arithmetic.ts'
export {
  clip,
  equal,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  max,
  min,
  notEqual,
} from './operators/pointwise/comparison.ts'
export { crossAbove, crossBelow, crossover } from './operators/pointwise/crossing.ts'
export { and, barsSince, not, or, where } from './operators/pointwise/logic.ts'
export { diff, lag, logReturn, momentum, rateOfChange, simpleReturn } from './operators/rolling/change.ts'
export { beta, correlation, covariance } from './operators/rolling/dependence.ts'
export { stdev, variance, zScore } from './operators/rolling/deviation.ts'
export { argmax, argmin, highest, lowest } from './operators/rolling/extremes.ts'
export { angle, linearRegression, type AngleOptions } from './operators/rolling/linear-regression.ts'
export { median, percentileRank, quantile } from './operators/rolling/quantiles.ts'
export { cumulativeSum, rollingSum } from './operators/rolling/rolling-sum.ts'
export type { Aggregate } from './operators/resample-kernel.ts'
export { kurtosis, skew } from './operators/rolling/shape.ts'
export { backtestStrategies, type ManyBacktests, type ManyBacktestsOptions } from './adapters/backtest-strategies.ts'
export { createComputePool, type ComputePool } from './adapters/compute-pool.ts'
export { createFileArtifacts } from './adapters/file-artifacts.ts'
export { evaluateGraph, type LongRunOptions, type WorkProgress } from './adapters/evaluate-graph.ts'
export { previousSessionBars, sessionBars } from './operators/sessions/session-bars.ts'
export { sessionStart, type SessionStartOptions } from './operators/sessions/session-start.ts'
export { beforeStart, since } from './operators/sessions/since.ts'
export { evaluateColumnar, type ColumnarOptions, type ColumnarResult } from './evaluate/evaluate-columnar.ts'
export {
  createResultCache,
  type ArtifactStore,
  type ResultCache,
  type ResultCacheOptions,
} from './cache/result-cache.ts'
export type { NodeColumns } from './evaluate/node-columns.ts'
export type { ResultStore } from './evaluate/result-store.ts'
export { gridOf, type ParameterAxis } from './search/parameter-grid.ts'
export { metricOf, rankTrials, trialsAmong, type SearchMetric } from './search/rank-trials.ts'
export type { RunSummary } from './search/run-summary.ts'
export { tradeWindows, type TrialTerms, type TrialWindow } from './search/trial-window.ts'
export { walkForwardFolds, type Fold, type TrainingSpan } from './search/walk-forward.ts'
export type { EvaluationOptions } from './evaluate/node-failure.ts'
export {
  createLiveEvaluator,
  type BarOutcome,
  type LateRule,
  type LiveEvaluator,
  type LiveOptions,
  type LiveRow,
} from './evaluate/live-evaluator.ts'
export { sampleAsOf } from './evaluate/rows.ts'
export { createStreamingEvaluator, type SourceBar, type StreamingEvaluator } from './evaluate/streaming-evaluator.ts'
export {
  planOrders,
  type Plan,
  type PlannedOrder,
  type PlannerState,
  type PlanRequest,
  type Sizing,
  type TargetRequest,
} from './planner/plan-orders.ts'
export { resumePlanner, type ResumedTarget } from './planner/resume-planner.ts'
export { orderRequestOf, type OrderDecision } from './planner/order-request.ts'
export { plannerRules, type PlannerOptions, type PlannerRules, type Rebalance } from './planner/planner-rules.ts'
export { backtestStrategy, type BacktestOptions } from './backtest/backtest-strategy.ts'
export { runBacktest, type BacktestResult } from './backtest/run-backtest.ts'
export type { BacktestOrigin } from './backtest/run-fingerprint.ts'
export { equityPoints, evidenceOf } from './backtest/evidence-of.ts'
export type { RefusalCount, SimulationInput } from './backtest/simulate.ts'
export type { TargetColumn } from './backtest/lane.ts'
export {
  checkReplay,
  replayFindingText,
  type ReplayCheck,
  type ReplayFinding,
  type ReplayOptions,
} from './replay/check-replay.ts'
export { reportHtml } from './report/report-html.ts'
export { isReportHtml } from './report/report-page.ts'
export { sweepHtml, type SweepHtmlInput, type SweepTable } from './report/sweep-html.ts'
export type { ReportData, ReportInput } from './report/report-input.ts'
export { remarksOn, type Remark, type RemarkKind } from './report/report-remarks.ts'
