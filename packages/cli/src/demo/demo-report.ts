import type {
  ApplyAck,
  DecisionEnvelope,
  EffectiveMode,
  FreezeResult,
  GateResult,
  Outcome,
  Statistics,
} from '@qmtl/contracts'

/** A strategy of the demo: what it shares, how it was judged, what it may do. */
export interface DemoStrategy {
  readonly name: string
  readonly strategy_id: string
  readonly nodes: number
  readonly reused: number
  readonly created: number
  readonly verdict: { readonly outcome: Outcome; readonly gates: readonly GateResult[] }
  readonly decision: {
    readonly effective_mode: EffectiveMode
    readonly active: boolean
    readonly weight: number
    readonly reason: DecisionEnvelope['reason']
  }
  readonly statistics: Statistics
}

/** What the demo's paper trading came to. */
export interface DemoPaper {
  /** Instants worked through, all phases together. */
  readonly bars: number
  /** Orders decided while the world granted nothing; each was refused at the first gate and dropped. */
  readonly orders_blocked_before_activation: number
  /** Orders that the Gateway recorded, of this run. */
  readonly orders: number
  readonly fills: number
  /** Orders that reached the venue after `freeze` had returned, while bars and intents went on. */
  readonly orders_after_freeze: number
  readonly bars_after_freeze: number
  /** Orders decided after the freeze; each was refused at the first gate. */
  readonly orders_blocked_after_freeze: number
}

/** The demo's one document. */
export interface DemoReport {
  readonly strategies: readonly DemoStrategy[]
  readonly apply: Pick<ApplyAck, 'run_id' | 'phase' | 'active'>
  readonly paper: DemoPaper
  readonly freeze: FreezeResult
  readonly ledger: { readonly balanced: boolean; readonly books: readonly DemoBook[] }
  readonly took_ms: number
}

/** A strategy's book at the end of the demo, amounts as exact decimal text in quote currency. */
export interface DemoBook {
  readonly strategy_id: string
  readonly name: string
  readonly cash: string
  readonly equity: string
  readonly fees: string
  readonly fills: number
}
