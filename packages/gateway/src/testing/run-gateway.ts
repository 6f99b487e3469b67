import { createMemoryBus } from '@qmtl/control-bus'
import {
  createHttpServer,
  createMetrics,
  openDatabase,
  silentLogger,
  systemClock,
  type DatabaseOptions,
  type Logger,
} from '@qmtl/service-kit'
import type { GatewayTables } from '../database/tables.ts'
import { createGateway } from '../service.ts'
import { createFakeDagManager, createFakeWorldService } from './fake-services.ts'
import { createFakeVenue } from './fake-venue.ts'

/** A Gateway behind a port of its own, with the services and the venue around it faked. */
export async function runGateway(where: DatabaseOptions, log: Logger = silentLogger) {
  const database = await openDatabase<GatewayTables>(where)
  const bus = createMemoryBus({ onFault: ({ error }) => log.error('event-failed', { error }) })
  const worlds = createFakeWorldService()
  const dagManager = createFakeDagManager()
  const venue = createFakeVenue()
  const metrics = createMetrics()
  let origin = ''
  const gateway = createGateway(
    {
      ...{ database, bus, log, metrics, clock: systemClock },
      worlds: worlds.transport,
      dagManager: dagManager.transport,
      venues: { paper: [venue], live: [] },
      hasCode: async () => true,
    },
    { instance: 'test', streamOrigin: () => origin },
  )
  await gateway.start()
  const { routes, stream } = gateway
  const server = createHttpServer({ title: 'gateway', version: '0', routes, upgrades: stream, port: 0, log, metrics })
  const { url } = await server.start()
  origin = url.replace('http', 'ws')
  return {
    ...{ url, gateway, bus, worlds, dagManager, venue },
    async stop() {
      await server.stop()
      await gateway.stop()
      await bus.stop()
      await database.stop()
    },
  }
}
