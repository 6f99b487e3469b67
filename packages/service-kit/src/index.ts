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
export { migrate, type Migration, type SchemaTransaction } from './database/migrate.ts'
export { type PostgresOptions } from './database/postgres-dialect.ts'
