export type { GatewayTables } from './database/tables.ts'
export type { ConnectedVenues, GatewayOptions, GatewayPorts } from './ports.ts'
export { createGateway, type Gateway } from './service.ts'
