import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, RouteImplementation } from '@qmtl/contracts'
import { createOutboxRelay, migrate, type Database, type EventSink, type Logger, type Metrics } from '@qmtl/service-kit'
import { activationHandlers } from './adapters/activation-handlers.ts'
import { createApplyRunner } from './adapters/apply-runner.ts'
import { createGateKeeper } from './adapters/gate-keeper.ts'
import { policyHandlers } from './adapters/policy-handlers.ts'
import { createSqlWorldStore } from './adapters/sql-world-store.ts'
import { strategyHandlers } from './adapters/strategy-handlers.ts'
import { worldHandlers } from './adapters/world-handlers.ts'
import { worldMigrations, type WorldTables } from './adapters/world-tables.ts'
import type { Wait } from './ports.ts'

export interface WorldServicePorts {
  /** The service's own schema; opened by the caller and stopped after the service. One process at a time. */
  readonly database: Database<WorldTables>
  /** Where events go. */
  readonly bus: EventSink
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
}

export interface WorldServiceOptions {
  /** How to wait, on the clock's monotonic scale; tests give their own. */
  readonly wait?: Wait
}

export interface WorldService {
  /** An implementation of every contract of `worldRoutes`. */
  readonly routes: readonly RouteImplementation[]
  /** Migrates, ends applies that a crash left open, starts to publish. Call it before any route. */
  start(): Promise<void>
  /** Rolls back an apply that still waits for gates, publishes what is committed; idempotent. */
  stop(): Promise<void>
}

/** The owner of worlds, policies, decisions and activation. */
export function createWorldService(ports: WorldServicePorts, options: WorldServiceOptions = {}): WorldService {
  const { database, clock, log, metrics } = ports
  const wait = options.wait ?? waitQuietly
  const stopping = new AbortController()
  const relay = createOutboxRelay({ ...ports, wait })
  const onCommitted = () => relay.notify()
  const store = createSqlWorldStore(database)
  const gates = createGateKeeper({ store, clock, wait })
  const applies = createApplyRunner({ store, gates, clock, log, metrics, onCommitted })
  const parts = { store, clock, gates, applies, onCommitted, stopping: stopping.signal }
  return {
    routes: [
      ...worldHandlers(parts),
      ...policyHandlers(parts),
      ...strategyHandlers(parts),
      ...activationHandlers(parts),
    ],
    async start() {
      await migrate(database, worldMigrations)
      await applies.recover()
      await relay.start()
    },
    async stop() {
      stopping.abort()
      await applies.stop()
      await relay.stop()
    },
  }
}

async function waitQuietly(ms: number, signal: AbortSignal): Promise<void> {
  // An abort ends the wait; that is its purpose.
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
