import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createClient,
  gatewayRoutes,
  inProcessTransport,
  isJsonObject,
  worldRoutes,
  type Caller,
  type Client,
  type ControlEvent,
} from '@qmtl/contracts'
import { createMemoryBus, type MemoryBus } from '@qmtl/control-bus'
import { createDagManager, type DagManagerTables } from '@qmtl/dag-manager'
import { createResultCache } from '@qmtl/engine'
import { createGateway, type Gateway, type GatewayTables } from '@qmtl/gateway'
import type { PaperVenue } from '@qmtl/integrations'
import type { MarketData } from '@qmtl/market'
import { createWorldRunner, type RunnerFault, type RunnerPorts, type WorldRunner } from '@qmtl/sdk'
import {
  createHttpServer,
  createLifecycle,
  createMetrics,
  openDatabase,
  systemClock,
  type Database,
  type HttpServer,
  type Logger,
  type Resource,
} from '@qmtl/service-kit'
import { createWorldService, type WorldService, type WorldTables } from '@qmtl/world-service'
import { createCheckpointStore, type RunnerTables } from './checkpoint-store.ts'
import { findMarket } from './markets.ts'
import { openPaperVenue, restoreVenue } from './paper-trading.ts'
import type { StrategyFolder } from './strategy-folder.ts'

export interface PlatformOptions {
  /** Directory of the databases; made where it is missing. */
  readonly dataDir: string
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Markets by the name of their data preset. */
  readonly markets: ReadonlyMap<string, MarketData>
  readonly strategies: StrategyFolder
  readonly log: Logger
  /** Told of what goes wrong in a runner without stopping it. */
  readonly onFault: (fault: RunnerFault) => void
}

/** Bound of what runners keep of nodes they have run, bytes. */
const resultBytes = 64 * 1024 * 1024

/** All services in one process on embedded databases, behind the Gateway's port. */
export interface Platform {
  readonly url: string
  readonly gateway: Client<typeof gatewayRoutes>
  readonly worlds: Client<typeof worldRoutes>
  readonly venue: PaperVenue
  /** Resolves when every order accepted so far has its venue's answer and every report of a venue is a committed row. */
  settle(): Promise<void>
  /** The runner of a world; the same one on every call. */
  runnerOf(worldId: string): WorldRunner
  /** Calls `handle` for every control event of these types from now on. */
  onEvent(name: string, types: readonly string[], handle: (event: ControlEvent) => Promise<void>): Promise<void>
  /** Stops taking requests, finishes what is under way, closes the databases; idempotent. */
  stop(): Promise<void>
}

const version = '0.1.0'
/** The process itself calls its services as their owner. */
const self: Caller = { sub: 'platform', roles: ['owner', 'service'] }

interface Databases {
  readonly graph: Database<DagManagerTables>
  readonly world: Database<WorldTables>
  readonly edge: Database<GatewayTables>
  readonly runner: Database<RunnerTables>
}

interface Services {
  readonly worldService: WorldService
  readonly gatewayService: Gateway
  readonly http: HttpServer
  readonly venue: PaperVenue
  readonly gateway: Client<typeof gatewayRoutes>
  readonly worlds: Client<typeof worldRoutes>
  readonly resources: readonly Resource[]
}

/**
 * Opens the databases, starts the services in the order in which they need one another, rebuilds the venue's books from
 * the recorded fills and listens. Whatever was opened is closed again when a step fails. Throws `E_DATABASE_LOCKED` where
 * another process has the directory, `E_PORT_IN_USE` where the port is taken.
 */
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  await mkdir(options.dataDir, { recursive: true })
  const databases = await openDatabases(options.dataDir)
  const bus = createMemoryBus({ onFault: (fault) => options.log.error('event-unhandled', { fault }) })
  let url = ''
  const services = createServices(options, { databases, bus, urlOf: () => url })
  const { gateway, worlds, venue, http } = services
  const checkpoints = await createCheckpointStore(databases.runner)
  const runners = new Map<string, WorldRunner>()
  const ports: RunnerPorts = {
    ...{ gateway, worlds, checkpoints, strategies: options.strategies, clock: systemClock, onFault: options.onFault },
    results: createResultCache({ memoryBytes: resultBytes }),
    marketOf: (preset) => findMarket(options.markets, preset),
  }
  const lifecycle = createLifecycle(
    [
      ...databaseResources(databases),
      { name: 'bus', stop: () => bus.stop() },
      ...services.resources,
      { name: 'venue', start: () => restoreVenue(venue, worlds, gateway), stop: () => venue.stop() },
      { name: 'http', start: async () => void ({ url } = await http.start()), stop: () => http.stop() },
      { name: 'runners', stop: () => stopRunners(runners) },
    ],
    { log: options.log },
  )
  await lifecycle.start()
  const onEvent: Platform['onEvent'] = async (name, types, handle) => {
    const consumer = { onEvent: handle, onResync: async () => undefined }
    await bus.subscribe({ name, types, capacity: 1_000, overflow: 'block' }, consumer)
  }
  await onEvent('gates', ['world_epoch_changed'], (event) => closeGates(event, venue, runners))

  return {
    url,
    gateway,
    worlds,
    venue,
    settle: () => services.gatewayService.settle(),
    runnerOf(worldId) {
      const runner = runners.get(worldId) ?? createWorldRunner(ports, worldId, 'embedded')
      runners.set(worldId, runner)
      return runner
    },
    onEvent,
    stop: () => lifecycle.stop(),
  }
}

async function openDatabases(dataDir: string): Promise<Databases> {
  const open = <Tables>(name: string) => openDatabase<Tables>({ kind: 'sqlite', file: join(dataDir, `${name}.sqlite`) })
  // The first one opened holds the directory: a second process is refused before it has touched anything.
  const edge = await open<GatewayTables>('gateway')
  const graph = await open<DagManagerTables>('dag-manager')
  const world = await open<WorldTables>('world-service')
  return { edge, graph, world, runner: await open<RunnerTables>('runner') }
}

function databaseResources({ edge, graph, world, runner }: Databases): readonly Resource[] {
  return [
    { name: 'gateway-database', stop: () => edge.stop() },
    { name: 'graph-database', stop: () => graph.stop() },
    { name: 'world-database', stop: () => world.stop() },
    { name: 'runner-database', stop: () => runner.stop() },
  ]
}

interface Parts {
  readonly databases: Databases
  readonly bus: MemoryBus
  /** The address once it is known. */
  readonly urlOf: () => string
}

function createServices(options: PlatformOptions, { databases, bus, urlOf }: Parts): Services {
  const metrics = createMetrics({ processMetrics: true })
  const shared = { clock: systemClock, log: options.log, metrics }
  const worldService = createWorldService({ database: databases.world, bus, ...shared }, {})
  const dagManager = createDagManager({ database: databases.graph, bus, ...shared }, {})
  const worldsAs = (caller: Caller) => inProcessTransport(worldService.routes, caller)
  const worlds = createClient(worldRoutes, worldsAs(self))
  const venue = openPaperVenue(worlds, options.markets)
  const gatewayService = createGateway(
    {
      database: databases.edge,
      worlds: worldsAs(self),
      worldsAs,
      dagManager: inProcessTransport(dagManager.routes, self),
      bus,
      venues: { paper: [venue], live: [] },
      hasCode: async (dagHash) => options.strategies.find(dagHash) !== undefined,
      ...shared,
    },
    { instance: 'embedded', streamOrigin: () => urlOf().replace(/^http/, 'ws') },
  )
  const http = createHttpServer({
    ...{ title: 'QMTL', version, host: options.host, port: options.port, log: options.log, metrics },
    routes: gatewayService.routes,
    upgrades: gatewayService.stream,
  })
  return {
    ...{ worldService, gatewayService, http, venue, worlds },
    gateway: createClient(gatewayRoutes, inProcessTransport(gatewayService.routes, self)),
    resources: [
      { name: 'world-service', start: () => worldService.start(), stop: () => worldService.stop() },
      { name: 'dag-manager', start: () => dagManager.start(), stop: () => dagManager.stop() },
      { name: 'gateway', start: () => gatewayService.start(), stop: () => gatewayService.stop() },
    ],
  }
}

/** A freeze reaches the gates of this process at once; whoever misses it is stopped by the end of its lease. */
async function closeGates(
  { data }: ControlEvent,
  venue: PaperVenue,
  runners: ReadonlyMap<string, WorldRunner>,
): Promise<void> {
  if (!isJsonObject(data) || data['frozen'] !== true) return
  const { world_id: worldId, epoch } = data
  if (typeof worldId !== 'string' || typeof epoch !== 'number') return
  await Promise.all([venue.close(worldId, epoch, {}), runners.get(worldId)?.close(epoch, {})])
}

async function stopRunners(runners: ReadonlyMap<string, WorldRunner>): Promise<void> {
  await Promise.allSettled([...runners.values()].map((runner) => runner.stop({})))
}
