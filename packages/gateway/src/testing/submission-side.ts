import { createFakeClock } from '@qmtl/contracts/testing'
import { createGroupCommit, createMetrics, migrate, silentLogger, type Database } from '@qmtl/service-kit'
import { gatewayMigrations } from '../database/migrations.ts'
import type { GatewayTables } from '../database/tables.ts'
import { createAcceptedDags } from '../submissions/accepted-dags.ts'
import { createAdmission } from '../submissions/admission.ts'
import { createBacklog } from '../submissions/backlog.ts'
import { createChangeBell } from '../submissions/change-bell.ts'
import { createIngest } from '../submissions/ingest.ts'
import { createStatusReader } from '../submissions/strategy-status.ts'
import { createSubmissionRepository } from '../submissions/submission-repository.ts'
import { createSubmissionWorker, type SubmissionChange } from '../submissions/submission-worker.ts'
import { createWorkQueue } from '../submissions/work-queue.ts'
import { createWorldPlanner } from '../submissions/world-planner.ts'
import { createWorldQueue } from '../submissions/world-queue.ts'
import { createWorldReadings } from '../worlds/world-readings.ts'
import { createFakeDagManager, createFakeWorldService, sampleWorld } from './fake-services.ts'
import { sampleDag } from './sample-dag.ts'

/** Ingest, workers and status over one database, with the services around them faked; nothing runs unless it is stepped. */
export async function createSubmissionSide(database: Database<GatewayTables>) {
  await migrate(database, gatewayMigrations)
  const clock = createFakeClock()
  const worlds = createFakeWorldService()
  worlds.worlds.set('w2', sampleWorld({ world_id: 'w2' }))
  const dagManager = createFakeDagManager()
  const submissions = createSubmissionRepository(database)
  const queue = createWorkQueue(database)
  const worldQueue = createWorldQueue(database)
  const accepted = createAcceptedDags(clock)
  const backlog = createBacklog(clock)
  const changes = createChangeBell()
  const readings = createWorldReadings(worlds.client, clock)
  const metrics = createMetrics()
  const failures = metrics.counter({
    name: 'qmtl_gateway_work_failures_total',
    help: 'test',
    labels: ['work', 'code', 'end'],
  })
  const seen: SubmissionChange[] = []
  const plans: { readonly strategyId: string; readonly world: string | null; readonly domain: string }[] = []
  const submissionLog = createGroupCommit({ write: submissions.append })
  const common = { queue, accepted, worlds: worlds.client, dagManager: dagManager.client, clock, log: silentLogger }
  const newPlanner = () =>
    createWorldPlanner(
      {
        ...{ ...common, worldQueue, readings, failures },
        onPlan: (strategyId, { context }) =>
          plans.push({ strategyId, world: context.world_id, domain: context.execution_domain }),
      },
      { isShared: false },
    )
  const planner = newPlanner()
  let count = 0
  const ingest = createIngest(
    {
      ...{ ...common, submissionLog, backlog, readings },
      admission: createAdmission(),
      newId: () => `s${++count}`,
      onAccepted: () => undefined,
      onJoined: planner.wake,
    },
    { maxNodes: 100 },
  )
  const newWorker = () =>
    createSubmissionWorker(
      {
        ...{ ...common, backlog, planner, failures },
        onChange(change) {
          seen.push(change)
          changes.ring(change.strategyId)
        },
      },
      { isShared: false },
    )
  const worker = newWorker()
  const status = createStatusReader({ submissions, changes, clock, isShared: false })
  const never = new AbortController().signal
  return {
    ...{ clock, worlds, dagManager, ingest, queue, submissions, submissionLog, readings, metrics, seen, plans },
    ...{ worker, newWorker, planner, newPlanner },
    submit: (seed: number, worldIds = ['w1']) =>
      ingest.submit({ dag: sampleDag(seed), world_ids: worldIds }, { caller: { sub: 'author' } }),
    read: (id: string, waitMs = 0, signal: AbortSignal = never) => status.read(id, { waitMs, signal }),
    /** A world grants another mode from now on, which the Gateway is told. */
    switchTo(mode: typeof worlds.mode, worldId = 'w1') {
      worlds.mode = mode
      readings.forgetAll()
      planner.request(worldId)
    },
    /** Lets time pass, a tenth of a second at a time, and does what falls due; resolves with the tries of submissions. */
    async pass(ms: number) {
      let tries = 0
      for (let passed = 0; passed < ms; passed += 100) {
        tries += await worker.step()
        await planner.step()
        clock.advance(100)
      }
      return tries
    },
  }
}
