import type { Venue } from '@qmtl/brokerage'
import type { Caller, Clock, Transport } from '@qmtl/contracts'
import type { ControlBus } from '@qmtl/control-bus'
import type { Database, Logger, Metrics } from '@qmtl/service-kit'
import type { GatewayTables } from './database/tables.ts'

/** Everything the Gateway needs from outside. */
export interface GatewayPorts {
  readonly database: Database<GatewayTables>
  /** WorldService, called as this service. Over HTTP give it a timeout of about a second. */
  readonly worlds: Transport
  /** WorldService in the name of a client, so that its audit names who acted; `worlds` unless given. */
  readonly worldsAs?: (caller: Caller) => Transport
  readonly dagManager: Transport
  readonly bus: Pick<ControlBus, 'subscribe'>
  readonly venues: ConnectedVenues
  /** Whether the code of a strategy is at hand, by its `dag_hash`; asked to explain why nothing trades. */
  readonly hasCode?: (dagHash: string) => Promise<boolean>
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
}

/** Venues by what an order there means: a simulation serves the dry run, a live one real money. */
export interface ConnectedVenues {
  readonly paper: readonly Venue[]
  readonly live: readonly Venue[]
}

export interface GatewayOptions {
  /** Names this process among those that share the database, one at a time; the same after a restart, when its orders are its own. */
  readonly instance: string
  /** Origin under which clients reach the stream, such as `ws://127.0.0.1:8000`; known at the latest when it is asked for. */
  readonly streamOrigin: () => string
  /** Nodes of a DAG at most; default 10,000. */
  readonly maxNodes?: number
  /** Life of a stream ticket in milliseconds; default 300 s. */
  readonly ticketLifeMs?: number
  /** True for a process that shares its database with others: work of a process that is gone waits for its claim to end. */
  readonly isShared?: boolean
}
