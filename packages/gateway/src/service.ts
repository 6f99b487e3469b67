import { randomUUID } from 'node:crypto'
import {
  createClient,
  dagManagerRoutes,
  worldRoutes,
  type CallOptions,
  type Fill,
  type Order,
  type RouteImplementation,
} from '@qmtl/contracts'
import type { Subscription } from '@qmtl/control-bus'
import { createGroupCommit, migrate, type Upgrades } from '@qmtl/service-kit'
import { v7 as uuidv7 } from 'uuid'
import { gatewayMigrations } from './database/migrations.ts'
import { createIngressGates } from './orders/ingress-gates.ts'
import { createInstanceLease, soleInstance } from './orders/instance-lease.ts'
import { createOrderDesk } from './orders/order-desk.ts'
import { createOrderDispatcher } from './orders/order-dispatcher.ts'
import { createOrderRepository } from './orders/order-repository.ts'
import { createRefusalRepository, type NewRefusal } from './orders/refusal-repository.ts'
import { createRejectedReportRepository } from './orders/rejected-report-repository.ts'
import { createReportRecorder } from './orders/report-recorder.ts'
import { createVenueDirectory } from './orders/venue-directory.ts'
import type { GatewayOptions, GatewayPorts } from './ports.ts'
import { createControlEventConsumer } from './relay/control-events.ts'
import { gatewayRouteList } from './routes/gateway-route-list.ts'
import { fillEvent, orderEvent, queueMapEvent, strategyEvents } from './stream/own-events.ts'
import { createStreamHub, type StreamHub } from './stream/stream-hub.ts'
import { createStreamServer } from './stream/stream-server.ts'
import { readSnapshot } from './stream/stream-snapshot.ts'
import { createStreamTickets } from './stream/stream-tickets.ts'
import { createAdmission } from './submissions/admission.ts'
import { createAcceptedDags } from './submissions/accepted-dags.ts'
import { createBacklog } from './submissions/backlog.ts'
import { createChangeBell } from './submissions/change-bell.ts'
import { createIngest } from './submissions/ingest.ts'
import { createStatusReader } from './submissions/strategy-status.ts'
import { createSubmissionRepository } from './submissions/submission-repository.ts'
import { createSubmissionWorker, type SubmissionChange } from './submissions/submission-worker.ts'
import { createWorkQueue } from './submissions/work-queue.ts'
import { createWorldPlanner } from './submissions/world-planner.ts'
import { createWorldQueue } from './submissions/world-queue.ts'
import { forwardWorldRoutes } from './worlds/forward-world-routes.ts'
import { createWorldReadings } from './worlds/world-readings.ts'

/** The public edge of an installation. */
export interface Gateway {
  /** The Gateway's own routes and those of WorldService. */
  readonly routes: readonly RouteImplementation[]
  /** The event stream, for the server of the routes. */
  readonly stream: Upgrades
  /** Brings the database up to date, settles the orders that were open, and takes up unfinished submissions. */
  start(): Promise<void>
  /**
   * Resolves when every order answered so far has its venue's answer and everything the venues have reported is a row: the
   * point between two bars where a runner that owns the clock may go on.
   */
  settle(options?: CallOptions): Promise<void>
  /** Refuses what comes, finishes what is under way, gives the gates' leases back; idempotent. */
  stop(): Promise<void>
}

const defaultMaxNodes = 10_000
const defaultTicketLifeMs = 300_000

export function createGateway(ports: GatewayPorts, options: GatewayOptions): Gateway {
  const base = createBase(ports, options)
  const submissions = createSubmissionSide(ports, options, base)
  const trading = createTradingSide(ports, options.instance, base)
  const { hub, readings, tickets, worlds, dagManager, gates } = base
  const { clock, log } = ports
  const reading = { worlds, dagManager, readings, clock, submissions: base.submissions, orders: base.orders }
  const stream = createStreamServer({
    ...{ hub, tickets, clock, log },
    snapshot: (scope, query) => readSnapshot(reading, scope, query),
  })
  const { dispatcher } = trading
  const { planner } = submissions
  const consumer = createControlEventConsumer({ hub, readings, gates, dispatcher, planner, log })
  const explain = { ...reading, gates, refusals: base.refusals, hasCode: ports.hasCode }
  let subscription: Subscription | undefined
  let stopping: Promise<void> | undefined

  async function stopAll(): Promise<void> {
    await subscription?.stop()
    await stream.stop()
    await submissions.stop()
    await trading.stop()
  }

  return {
    routes: [
      ...gatewayRouteList({
        ...submissions,
        ...reading,
        explain,
        tickets,
        readings,
        desk: trading.desk,
        streamOrigin: options.streamOrigin,
      }),
      ...forwardWorldRoutes({ worldsAs: ports.worldsAs ?? (() => ports.worlds), readings }),
    ],
    stream,
    async start() {
      await migrate(ports.database, gatewayMigrations)
      const terms = {
        name: `gateway-${options.instance}`,
        capacity: 10_000,
        overflow: 'drop-oldest',
        concurrency: 8,
      } as const
      subscription = await ports.bus.subscribe(terms, consumer)
      await trading.start()
      await submissions.worker.start()
      await submissions.planner.start()
    },
    settle: trading.settle,
    stop: () => (stopping ??= stopAll()),
  }
}

type Base = ReturnType<typeof createBase>

/** What both sides stand on: rows, copies of what others own, the stream. */
function createBase({ database, worlds, dagManager, clock, log }: GatewayPorts, options: GatewayOptions) {
  const worldClient = createClient(worldRoutes, worlds)
  const { instance } = options
  const holder = randomUUID().slice(0, 8)
  return {
    worlds: worldClient,
    dagManager: createClient(dagManagerRoutes, dagManager),
    submissions: createSubmissionRepository(database),
    orders: createOrderRepository(database),
    refusals: createRefusalRepository(database),
    rejected: createRejectedReportRepository(database),
    readings: createWorldReadings(worldClient, clock),
    gates: createIngressGates({ worlds: worldClient, clock, log }, `gateway:${instance}:${holder}`),
    lease:
      database.kind === 'sqlite' ? soleInstance : createInstanceLease({ database, clock, log }, { instance, holder }),
    tickets: createStreamTickets(clock, options.ticketLifeMs ?? defaultTicketLifeMs),
    hub: createStreamHub(),
  }
}

function createSubmissionSide(ports: GatewayPorts, options: GatewayOptions, base: Base) {
  const { clock, log, metrics, database } = ports
  const { worlds, dagManager, submissions, readings, hub } = base
  const queue = createWorkQueue(database)
  const accepted = createAcceptedDags(clock)
  const backlog = createBacklog(clock)
  const changes = createChangeBell()
  const submissionLog = createGroupCommit({ write: submissions.append })
  const counted = metrics.counter({
    name: 'qmtl_gateway_submission_changes_total',
    help: 'Submissions that reached a state',
    labels: ['status'],
  })
  const onChange = (change: SubmissionChange): void => {
    counted.add({ status: change.status })
    changes.ring(change.strategyId)
    if (hub.size() > 0) for (const event of strategyEvents(change, clock.now())) hub.publish(event)
  }
  const failures = metrics.counter({
    name: 'qmtl_gateway_work_failures_total',
    help: 'Failed tries of the work on submissions and their worlds, by cause and by what comes of it',
    labels: ['work', 'code', 'end'],
  })
  const isShared = options.isShared ?? false
  const works = { queue, accepted, dagManager, worlds, clock, log, failures }
  const planner = createWorldPlanner(
    {
      ...{ ...works, readings, worldQueue: createWorldQueue(database) },
      onPlan: (strategyId, plan) => hub.publish(queueMapEvent(strategyId, plan, clock.now())),
    },
    { isShared },
  )
  const worker = createSubmissionWorker({ ...works, backlog, planner, onChange }, { isShared })
  const onAccepted = (strategyId: string, worldIds: readonly string[]): void => {
    onChange({ strategyId, worldIds, status: 'queued' })
    worker.wake()
  }
  return {
    worker,
    planner,
    ingest: createIngest(
      {
        ...{ submissionLog, accepted, backlog, readings, worlds, dagManager, clock, log },
        admission: createAdmission(),
        newId: () => uuidv7(),
        onAccepted,
        onJoined: planner.wake,
      },
      { maxNodes: options.maxNodes ?? defaultMaxNodes },
    ),
    status: createStatusReader({ submissions, changes, clock, isShared }),
    async stop() {
      await submissionLog.stop()
      await worker.stop()
      await planner.stop()
    },
  }
}

function createTradingSide(ports: GatewayPorts, instance: string, base: Base) {
  const { clock, log, metrics } = ports
  const { orders, refusals, rejected, lease, gates, readings, submissions, hub } = base
  const venues = createVenueDirectory(ports.venues)
  const told = tellStream(hub)
  const dispatcher = createOrderDispatcher({ ...told, orders, venues, gates, lease, clock, log, instance })
  const recorder = createReportRecorder({ ...told, orders, rejected, venues: venues.all, clock, log })
  const orderLog = createGroupCommit({ write: orders.place })
  const refusalLog = createGroupCommit({
    async write(rows: readonly NewRefusal[]) {
      await refusals.record(rows)
      return rows.map(() => undefined)
    },
  })
  const counted = metrics.counter({
    name: 'qmtl_gateway_orders_total',
    help: 'Orders that came, by what became of them',
    labels: ['outcome'],
  })
  const settle = async ({ signal }: CallOptions = {}): Promise<void> => {
    do {
      signal?.throwIfAborted()
      await dispatcher.idle()
      await recorder.idle()
    } while (!dispatcher.isIdle())
  }
  return {
    dispatcher,
    settle,
    desk: createOrderDesk({
      ...{
        ...told,
        orders,
        orderLog,
        refusalLog,
        submissions,
        readings,
        gates,
        venues,
        dispatcher,
        clock,
        instance,
        lease,
        counted,
      },
      newId: () => uuidv7(),
    }),
    async start() {
      await lease.start()
      recorder.start()
      await settle()
      await dispatcher.start()
    },
    async stop() {
      await orderLog.stop()
      await refusalLog.stop()
      await dispatcher.stop()
      await recorder.stop()
      await gates.release()
      await lease.stop()
    },
  }
}

function tellStream(hub: StreamHub) {
  return {
    onOrder: (order: Order): void => hub.publish(orderEvent(order)),
    onFill: (fill: Fill): void => hub.publish(fillEvent(fill)),
  }
}
