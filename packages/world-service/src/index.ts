export type { WorldTables } from './adapters/world-tables.ts'
export type { Wait } from './ports.ts'
export { createWorldService, type WorldService, type WorldServiceOptions, type WorldServicePorts } from './service.ts'
