export type { DagManagerTables } from './adapters/tables.ts'
export { createDagManager, type DagManager, type DagManagerPorts, type DagManagerOptions } from './service.ts'
