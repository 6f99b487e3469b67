export { createBatchStatement, type BatchStatement, type BatchOptions } from './database/batch-statement.ts'
export { openDatabase, type Database, type DatabaseOptions, type OpenDatabaseOptions } from './database/database.ts'
export { isDatabaseOutage, isSerializationFailure, isUniqueViolation } from './database/database-faults.ts'
export {
  advisoryTransactionLock,
  claimRows,
  inByteOrder,
  withPositionColumn,
  type ClaimRequest,
} from './database/dialect-statements.ts'
export { createGroupCommit, type GroupCommit, type GroupCommitOptions } from './database/group-commit.ts'
export { lockSqliteFile } from './database/sqlite-lock.ts'
export { migrate, type Migration, type SchemaTransaction } from './database/migrate.ts'
export type { PostgresOptions } from './database/postgres-dialect.ts'
export { createLifecycle, type Lifecycle, type LifecycleOptions, type Resource } from './lifecycle/lifecycle.ts'
export { untilStopSignal, type SignalSource } from './lifecycle/signals.ts'
export { appendEvents, outboxMigration, type EventDraft, type OpenTransaction } from './outbox/append-events.ts'
export { createOutboxRelay, type EventSink, type OutboxRelay, type OutboxRelayOptions } from './outbox/outbox-relay.ts'
export {
  createLogger,
  logLevels,
  silentLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './telemetry/logger.ts'
export {
  createMetrics,
  type CounterMetric,
  type GaugeMetric,
  type HistogramMetric,
  type MetricOptions,
  type Metrics,
} from './telemetry/metrics.ts'
export { systemClock } from './telemetry/system-clock.ts'
export { createHttpServer, type HttpServer, type HttpServerOptions, type Upgrades } from './http/http-server.ts'
export type { Authenticate, Credentials } from './http/mount-route.ts'
export { openApiDocument, type OpenApiOptions } from './http/openapi.ts'
export type { ReadinessCheck } from './http/service-routes.ts'
export { loadConfig, type FlagSetting, type LoadConfigOptions, type LoadedConfig } from './config/load-config.ts'
