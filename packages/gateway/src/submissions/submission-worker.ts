import {
  errorTable,
  messageOf,
  QmtlError,
  type Client,
  type Clock,
  type ComputeContext,
  type Dag,
  type dagManagerRoutes,
  type Plan,
  type StrategyState,
  type worldRoutes,
} from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import { storedJson } from '../database/stored-json.ts'
import type { AcceptedDags } from './accepted-dags.ts'
import type { Backlog } from './backlog.ts'
import { retryDelayMs } from './submission-state.ts'
import {
  bindingsOf,
  byWorld,
  type Binding,
  type ClaimedWork,
  type FailedWork,
  type PlannedWork,
  type WorkQueue,
} from './work-queue.ts'

export interface SubmissionChange {
  readonly strategyId: string
  readonly worldIds: readonly string[]
  readonly status: StrategyState
  /** There once the work is completed. */
  readonly plan?: Plan
}

export interface SubmissionWorkerPorts {
  readonly queue: WorkQueue
  readonly accepted: AcceptedDags
  readonly backlog: Pick<Backlog, 'remove'>
  readonly dagManager: Pick<Client<typeof dagManagerRoutes>, 'diff'>
  readonly worlds: Pick<Client<typeof worldRoutes>, 'addBindings'>
  readonly clock: Clock
  readonly log: Logger
  /** Told of every change of state once it is durable. */
  readonly onChange: (change: SubmissionChange) => void
}

export interface SubmissionWorkerOptions {
  /** True when other processes work on the same log: then its work is looked for now and then, and theirs left alone. */
  readonly isShared: boolean
  /** Submissions taken up together at most; default 256: the further behind, the less each costs. */
  readonly batchSize?: number
}

/** Turns the submission log into plans and bindings, in the order of acceptance. */
export interface SubmissionWorker {
  /** Takes up again what a crash left behind, then works in the background until it is stopped. */
  start(): Promise<void>
  /** Says that there is work. */
  wake(): void
  /** Takes up what is due now and resolves with how many submissions that were. */
  step(): Promise<number>
  /** Ends after the batch under way; idempotent. */
  stop(): Promise<void>
}

const leaseMs = 60_000
const pollMs = 1_000
const sweepMs = 5_000

export function createSubmissionWorker(
  ports: SubmissionWorkerPorts,
  options: SubmissionWorkerOptions,
): SubmissionWorker {
  const { batchSize = 256, isShared } = options
  const alarm = createAlarm()
  let isStopped = false
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (!isStopped) {
      alarm.reset()
      const waitMs = await pass(ports, batchSize).catch((error: unknown) => {
        ports.log.error('submission-work-failed', { error })
        return pollMs
      })
      if (waitMs > 0) await alarm.wait(isShared ? Math.min(waitMs, pollMs) : waitMs)
    }
  }

  return {
    async start() {
      if (!isShared) await ports.queue.release(ports.clock.now())
      running ??= run()
    },
    wake: alarm.ring,
    step: () => workOnce(ports, batchSize),
    async stop() {
      isStopped = true
      alarm.ring()
      await running
    },
  }
}

/** One round; returns how long nothing is due. */
async function pass(ports: SubmissionWorkerPorts, batchSize: number): Promise<number> {
  if ((await workOnce(ports, batchSize)) > 0) return 0
  const areBound = await bindLate(ports)
  const dueMs = await ports.queue.nextDueMs()
  const untilDueMs = dueMs === undefined ? leaseMs : Math.max(1, dueMs - ports.clock.now())
  return areBound ? untilDueMs : Math.min(untilDueMs, sweepMs)
}

async function workOnce(ports: SubmissionWorkerPorts, limit: number): Promise<number> {
  const { queue, clock } = ports
  const works = await queue.claim({ nowMs: clock.now(), leaseMs, limit })
  if (works.length === 0) return 0
  for (const work of works) ports.onChange({ ...subjectOf(work), status: 'processing' })
  const outcomes = await planAll(ports, works)
  const bindFailures = await bindAll(
    ports,
    outcomes.filter(isPlanned).flatMap(({ work }) => bindingsOf(work)),
  )
  const done: PlannedWork[] = []
  const failed: FailedWork[] = []
  for (const outcome of outcomes) {
    const thrown = isPlanned(outcome) ? bindingFailure(outcome.work, bindFailures) : outcome.thrown
    if (isPlanned(outcome) && thrown === undefined) done.push(outcome)
    else failed.push(failureOf(outcome.work, thrown, clock.now()))
  }
  if (done.length > 0) await queue.complete(done, clock.now())
  if (failed.length > 0) await queue.fail(failed, clock.now())
  ports.backlog.remove(works.length)
  announce(ports, done, failed)
  return works.length
}

type PlanOutcome = PlannedWork | { readonly work: ClaimedWork; readonly thrown: unknown }

function isPlanned(outcome: PlanOutcome): outcome is PlannedWork {
  return 'plan' in outcome
}

async function planAll(ports: SubmissionWorkerPorts, works: readonly ClaimedWork[]): Promise<readonly PlanOutcome[]> {
  const kept = new Map<string, Dag>()
  for (const { strategy_id: id } of works) {
    const dag = ports.accepted.take(id)
    if (dag !== undefined) kept.set(id, dag)
  }
  const texts = await ports.queue.dagsOf(works.map((work) => work.strategy_id).filter((id) => !kept.has(id)))
  return Promise.all(
    works.map(async (work): Promise<PlanOutcome> => {
      try {
        const dag = kept.get(work.strategy_id) ?? storedJson<Dag>(texts.get(work.strategy_id) ?? 'null')
        const context = storedJson<ComputeContext>(work.context)
        const { body } = await ports.dagManager.diff({ body: { strategy_id: work.strategy_id, dag, context } })
        return { work, plan: body }
      } catch (thrown) {
        return { work, thrown }
      }
    }),
  )
}

/** Binds by world, all strategies of a world in one call; returns the failure of each world that has one. */
async function bindAll(
  { worlds }: Pick<SubmissionWorkerPorts, 'worlds'>,
  bindings: readonly Binding[],
): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>()
  await Promise.all(
    [...byWorld(bindings)].map(async ([worldId, ofWorld]) => {
      const strategies = ofWorld.map((binding) => binding.strategy_id)
      try {
        await worlds.addBindings({ params: { world_id: worldId }, body: { strategies } })
      } catch (thrown) {
        failures.set(worldId, thrown)
      }
    }),
  )
  return failures
}

function bindingFailure(work: ClaimedWork, failures: ReadonlyMap<string, unknown>): unknown {
  const worldId = work.worldIds.find((id) => failures.has(id))
  return worldId === undefined ? undefined : failures.get(worldId)
}

/** Bindings that a later submission of a completed strategy asked for and that failed then. True when none is left. */
async function bindLate(ports: SubmissionWorkerPorts): Promise<boolean> {
  const bindings = await ports.queue.lateBindings(1_000)
  if (bindings.length === 0) return true
  const failures = await bindAll(ports, bindings)
  const made = bindings.filter((binding) => !failures.has(binding.world_id))
  await ports.queue.markBound(made)
  return made.length === bindings.length
}

/** A refusal ends the work; a failure that may pass is tried again. */
function failureOf(work: ClaimedWork, thrown: unknown, nowMs: number): FailedWork {
  const code = thrown instanceof QmtlError ? thrown.code : 'E_INTERNAL'
  const delayMs = errorTable[code].retry === 'later' ? retryDelayMs(work.attempts) : undefined
  return {
    work,
    error: { code, message: messageOf(thrown) },
    retryAtMs: delayMs === undefined ? undefined : nowMs + delayMs,
  }
}

function announce(
  { onChange, log }: SubmissionWorkerPorts,
  done: readonly PlannedWork[],
  failed: readonly FailedWork[],
): void {
  for (const { work, plan } of done) onChange({ ...subjectOf(work), status: 'completed', plan })
  for (const { work, error, retryAtMs } of failed) {
    const fields = { strategy_id: work.strategy_id, attempts: work.attempts, code: error.code, reason: error.message }
    if (retryAtMs === undefined) log.error('submission-failed', fields)
    else log.warn('submission-delayed', fields)
    onChange({ ...subjectOf(work), status: 'failed' })
  }
}

function subjectOf({
  strategy_id: strategyId,
  worldIds,
}: ClaimedWork): Pick<SubmissionChange, 'strategyId' | 'worldIds'> {
  return { strategyId, worldIds }
}

/** A wait that a ring ends, also one that came before it since the last reset. */
function createAlarm() {
  let hasRung = false
  let wake = (): void => undefined
  return {
    reset: (): void => {
      hasRung = false
    },
    ring: (): void => {
      hasRung = true
      wake()
    },
    wait: async (ms: number): Promise<void> => {
      if (hasRung) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    },
  }
}
