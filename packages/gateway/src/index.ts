export { type GatewayTables } from './database/tables.ts'
export { type ConnectedVenues, type GatewayOptions, type GatewayPorts } from './ports.ts'
export { createGateway, type Gateway } from './service.ts'
