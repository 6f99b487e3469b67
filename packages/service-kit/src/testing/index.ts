export {
  describeOnEveryDatabase,
  postgresOpener,
  sqliteOpener,
  testPostgresUrl,
  type OpenTestDatabase,
} from './every-database.ts'
