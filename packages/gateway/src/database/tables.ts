import type { Generated } from 'kysely'
import type { OrderStatus, StrategyState } from '@qmtl/contracts'

/** The domains in which orders leave. */
export type TradingDomain = 'dryrun' | 'live'

/** One accepted submission: the durable log, never changed once written. Members that hold JSON say so. */
export interface SubmissionTable {
  /** Order of acceptance. */
  readonly position: Generated<number>
  readonly strategy_id: string
  readonly dag_hash: string
  readonly name: string
  readonly version: string
  readonly node_ids_crc32: number
  /** JSON of the compute context in which it was accepted. */
  readonly context: string
  /** JSON of what the client asked about its context, by which its context in any world follows from the decision there. */
  readonly hints: string
  /** JSON of what is left of the client's `meta`. */
  readonly meta: string
  /** JSON array of texts. */
  readonly warnings: string
  readonly submitted_by: string
  readonly submitted_at_ms: number
  /** Length of `dag`. */
  readonly dag_size: number
  /** JSON of the DAG. */
  readonly dag: string
}

/** How far the work on a submission is, and who may take it up when. */
export interface StrategyTable {
  /** The submission's. */
  readonly position: number
  /** What the history leads to. */
  readonly status: StrategyState
  /** Times that it was taken up; fences a worker whose claim ran out. */
  readonly attempts: number
  /** Tries that failed since it was submitted, or submitted again. */
  readonly failures: number
  /** From when on a worker may take it up (again); null when nothing is left to do. */
  readonly due_at_ms: number | null
  /** JSON `{ code, message }` of the last failure. */
  readonly error: string | null
  /** Its events, in lines as `historyLines` makes them. */
  readonly history: string
}

/** A world that a submission is meant for, and the work of planning it there: for the first world it is the submission's. */
export interface StrategyWorldTable {
  readonly position: number
  readonly world_id: string
  /** Place among the worlds of the submission, in the order named. */
  readonly ordinal: number
  /** Times that the work was asked for or taken up; fences a worker that is late. */
  readonly attempts: number
  /** Tries that failed since it was asked for. */
  readonly failures: number
  /** From when on the work may be taken up (again); null when nothing is left to do. */
  readonly due_at_ms: number | null
  /** Since when it is a world of the strategy no longer, because it does not take it; null while it is one. */
  readonly dropped_at_ms: number | null
  /** JSON `{ code, message }` of the last failure. */
  readonly error: string | null
}

/** The plan of a submission in a world. */
export interface StrategyPlanTable {
  readonly position: number
  readonly world_id: string
  /** JSON of the compute context that was planned. */
  readonly context: string
  /** As `planText` makes it. */
  readonly plan: string
}

export interface TradeOrderTable {
  readonly position: Generated<number>
  readonly order_id: string
  readonly client_order_id: string
  readonly world_id: string
  readonly strategy_id: string
  readonly venue: string
  /** Whether the venue simulates or trades. */
  readonly domain: TradingDomain
  /** The Gateway process that sends it, by its instance name. */
  readonly instance: string
  readonly status: OrderStatus
  /** Canonical JSON of the order as it was sent: equal texts are the same order. */
  readonly request: string
  readonly filled_quantity: string
  readonly reason: string | null
  readonly created_at_ms: number
  readonly updated_at_ms: number
}

export interface FillTable {
  readonly position: Generated<number>
  readonly order_id: string
  /** From 1 within the order. */
  readonly sequence: number
  /** The venue's id of the execution: within the order the same id is the same fill. */
  readonly fill_id: string
  readonly world_id: string
  readonly strategy_id: string
  /** JSON of the fill. */
  readonly fill: string
}

/** What a strategy holds of an instrument by its fills in one domain, below zero when short. */
export interface StrategyPositionTable {
  readonly world_id: string
  readonly strategy_id: string
  readonly instrument: string
  readonly domain: TradingDomain
  readonly quantity: string
}

/** A venue's report that does not fit what it is about, for a person to look at; each is kept once. */
export interface RejectedReportTable {
  readonly position: Generated<number>
  readonly venue: string
  readonly report_hash: string
  /** JSON of the report. */
  readonly report: string
  readonly reason: string
  readonly received_at_ms: number
}

/** The last refusal of each kind, so that the table is bounded by the strategies. */
export interface OrderRefusalTable {
  readonly world_id: string
  readonly strategy_id: string
  readonly code: string
  readonly message: string
  readonly client_order_id: string
  readonly refusals: number
  readonly first_at_ms: number
  readonly last_at_ms: number
}

/** Which process bears an instance name, and until when unless it renews. */
export interface InstanceLeaseTable {
  readonly instance: string
  readonly holder: string
  readonly until_ms: number
}

/** Everything the Gateway keeps. */
export interface GatewayTables {
  submission: SubmissionTable
  strategy: StrategyTable
  strategy_world: StrategyWorldTable
  strategy_plan: StrategyPlanTable
  trade_order: TradeOrderTable
  fill: FillTable
  strategy_position: StrategyPositionTable
  rejected_report: RejectedReportTable
  instance_lease: InstanceLeaseTable
  order_refusal: OrderRefusalTable
}
