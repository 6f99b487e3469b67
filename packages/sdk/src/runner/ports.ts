import type { CallOptions, Client, Clock, ErrorCode, gatewayRoutes, worldRoutes } from '@qmtl/contracts'
import type { ResultCache } from '@qmtl/engine'
import type { MarketData } from '@qmtl/market'
import type { BuiltStrategy } from '../authoring/build-strategy.ts'

/** Where a runner finds the code of a submission. */
export interface StrategySource {
  /** The strategy whose graph has this hash; nothing where its code is not known here. */
  find(dagHash: string): BuiltStrategy | undefined
}

/** Remembers how far a world's bars were worked through, across restarts. */
export interface CheckpointStore {
  /** Close time of the last bar worked through, epoch milliseconds; nothing for a world that never ran. */
  load(worldId: string, options: CallOptions): Promise<number | undefined>
  /** Called after the orders of the bar were answered: a bar may be worked through twice, never skipped. */
  save(worldId: string, closeTimeMs: number, options: CallOptions): Promise<void>
}

export interface RunnerPorts {
  readonly gateway: Client<typeof gatewayRoutes>
  readonly worlds: Client<typeof worldRoutes>
  readonly strategies: StrategySource
  readonly checkpoints: CheckpointStore
  /** Bars of a world's data preset. Throws `E_INVALID_CONFIG` for an unknown one. */
  readonly marketOf: (preset: string) => MarketData
  /** Results of nodes over pinned bars, kept between rounds of evidence. */
  readonly results: ResultCache
  readonly clock: Clock
  /** Told of what goes wrong without stopping the runner. */
  readonly onFault: (fault: RunnerFault) => void
}

export interface RunnerFault {
  readonly code: ErrorCode
  readonly message: string
  readonly strategy_id?: string
}
