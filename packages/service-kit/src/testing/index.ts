export {
  describeOnEveryDatabase,
  postgresOpener,
  sqliteOpener,
  testPostgresUrl,
  type OpenTestDatabase,
} from './every-database.ts'
export { forkSource } from './fork-source.ts'
export { createDeferred, type Deferred } from './deferred.ts'
