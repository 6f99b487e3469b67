import { join } from 'node:path'
import { createClient, inProcessTransport, worldRoutes, type Caller } from '@qmtl/contracts'
import { createMemoryBus } from '@qmtl/control-bus'
import { createDagManager, type DagManagerTables } from '@qmtl/dag-manager'
import { createGateway, type GatewayTables } from '@qmtl/gateway'
import {
  createHttpServer,
  createLogger,
  createMetrics,
  openDatabase,
  systemClock,
  untilStopSignal,
} from '@qmtl/service-kit'
import { createWorldService, type WorldTables } from '@qmtl/world-service'

// The services of an installation in one process, on SQLite files in the folder named, as `qmtl dev` runs them. Tells its
// parent where it listens.
const [, , folder = ''] = process.argv
const self: Caller = { sub: 'bench', roles: ['owner', 'service'] }
const log = createLogger({ service: 'bench', level: 'warn' })
const common = { clock: systemClock, log, metrics: createMetrics() }
const bus = createMemoryBus({ onFault: ({ error }) => log.error('event-failed', { error }) })
const file = (name: string) => ({ kind: 'sqlite', file: join(folder, `${name}.sqlite`) }) as const

const worldService = createWorldService(
  { ...common, bus, database: await openDatabase<WorldTables>(file('world-service')) },
  {},
)
const dagManager = createDagManager(
  { ...common, bus, database: await openDatabase<DagManagerTables>(file('dag-manager')) },
  {},
)
await worldService.start()
await dagManager.start()
const worlds = inProcessTransport(worldService.routes, self)
const gateway = createGateway(
  {
    ...common,
    ...{ bus, worlds, venues: { paper: [], live: [] } },
    database: await openDatabase<GatewayTables>(file('gateway')),
    dagManager: inProcessTransport(dagManager.routes, self),
  },
  { instance: 'bench', streamOrigin: () => '' },
)
await gateway.start()
await createClient(worldRoutes, worlds).createWorld({
  body: {
    world_id: 'bench',
    data: { preset: 'synthetic', as_of: '2024-01-01T00:00:00Z', history_start: '2023-01-01T00:00:00Z' },
  },
})
const server = createHttpServer({ title: 'bench', version: '0', routes: gateway.routes, port: 0, ...common })
const { port } = await server.start()
process.send?.(port)
await untilStopSignal()
process.exit()
