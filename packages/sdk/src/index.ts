export {
  align,
  bars,
  boolean,
  choice,
  crossover,
  ema,
  highest,
  integer,
  lowest,
  number,
  positionTarget,
  rsi,
  sma,
  stdev,
  text,
  type BarSeries,
  type BarsOptions,
  type NodeSpec,
  type Parameter,
  type ParameterInput,
  type ParameterSchema,
  type ParametersOf,
  type ParameterValue,
  type ParameterValues,
  type PositionTargetOptions,
  type Series,
  type SeriesView,
  type Timing,
} from '@qmtl/engine'
export { loadStrategy, type LoadedStrategy, type LoadStrategyOptions } from './adapters/load-strategy.ts'
export { buildStrategy, type BuiltStrategy } from './authoring/build-strategy.ts'
export { defineNode, type NodeBuilder, type NodeDefinition } from './authoring/define-node.ts'
export {
  strategy,
  type Intents,
  type StrategyDefinition,
  type StrategyOptions,
  type StrategyParameter,
  type StrategyValues,
} from './authoring/strategy.ts'
export { maximum, mean, minimum, standardDeviation, sum } from './code/window-functions.ts'
export { createWorldRunner, type SentOrder, type StepReport, type WorldRunner } from './runner/service.ts'
export { type RunningStrategy } from './runner/load-world.ts'
export { type BarSlice } from './runner/merge-bars.ts'
export { type SendOutcome } from './runner/order-sender.ts'
export { type CheckpointStore, type RunnerFault, type RunnerPorts, type StrategySource } from './runner/ports.ts'
export { submitStrategy, type SubmitOptions, type SubmitResult } from './submit/submit-strategy.ts'
