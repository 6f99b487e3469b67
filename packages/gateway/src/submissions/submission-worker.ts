import type { Client, Clock, ComputeContext, Plan, StrategyState, worldRoutes } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import { groupRows } from '../database/group-rows.ts'
import { storedJson } from '../database/stored-json.ts'
import type { Backlog } from './backlog.ts'
import { bindStrategies } from './bind-strategies.ts'
import { planStrategies, portionsOf, type PlanAnswer, type PlanPorts } from './plan-strategies.ts'
import { retryDelayMs } from './submission-state.ts'
import { workFailureOf, type WorkError, type WorkFailureCounter } from './work-failure.ts'
import { createWorkLoop, leaseMs, pollMs } from './work-loop.ts'
import type { ClaimedWork, FailedWork, PlannedWork, WorkQueue } from './work-queue.ts'
import type { WorldPlanner } from './world-planner.ts'

export interface SubmissionChange {
  readonly strategyId: string
  readonly worldIds: readonly string[]
  readonly status: StrategyState
  /** There once the work is completed. */
  readonly plan?: Plan
}

export interface SubmissionWorkerPorts extends PlanPorts {
  readonly queue: WorkQueue
  readonly backlog: Pick<Backlog, 'remove' | 'limit'>
  readonly worlds: Pick<Client<typeof worldRoutes>, 'addBindings'>
  /** Plans what is completed in the worlds and contexts that are left. */
  readonly planner: Pick<WorldPlanner, 'review'>
  readonly clock: Clock
  readonly log: Logger
  readonly failures: WorkFailureCounter
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

export function createSubmissionWorker(
  ports: SubmissionWorkerPorts,
  options: SubmissionWorkerOptions,
): SubmissionWorker {
  const { batchSize = 256, isShared } = options
  const { queue, clock, log } = ports
  const loop = createWorkLoop({
    async pass() {
      if ((await workOnce(ports, batchSize)) > 0) return 0
      const dueMs = await queue.nextDueMs()
      const untilDueMs = dueMs === undefined ? leaseMs : Math.max(1, dueMs - clock.now())
      return isShared ? Math.min(untilDueMs, pollMs) : untilDueMs
    },
    onFailure: (error) => log.error('submission-work-failed', { error }),
  })
  return {
    async start() {
      if (!isShared) await queue.release(clock.now())
      loop.start()
    },
    wake: loop.wake,
    step: () => workOnce(ports, batchSize),
    stop: loop.stop,
  }
}

async function workOnce(ports: SubmissionWorkerPorts, limit: number): Promise<number> {
  const { queue, backlog, clock } = ports
  const works = await queue.claim({ nowMs: clock.now(), leaseMs, limit })
  if (works.length < limit) backlog.limit(works.length)
  for (const work of works) ports.onChange({ ...subjectOf(work), status: 'processing' })
  for (const portion of portionsOf(works)) {
    await workOn(ports, portion)
    backlog.remove(portion.length)
  }
  return works.length
}

async function workOn(ports: SubmissionWorkerPorts, works: readonly ClaimedWork[]): Promise<void> {
  const { queue, clock, planner } = ports
  const answers = await planStrategies(
    ports,
    works.map(({ strategy_id, context }) => ({
      strategyId: strategy_id,
      context: storedJson<ComputeContext>(context),
    })),
  )
  const planned = works.filter((_, index) => 'plan' in (answers[index] ?? {}))
  const thrownBy = await bindStrategies(
    ports.worlds,
    planned.flatMap((work) => work.worldIds.map((worldId) => ({ strategyId: work.strategy_id, worldId }))),
  )
  const done: PlannedWork[] = []
  const failed: FailedWork[] = []
  for (const [index, work] of works.entries()) {
    const outcome = outcomeOf(work, answers[index], { thrownBy, nowMs: clock.now() })
    if ('plan' in outcome) done.push(outcome)
    else failed.push(outcome)
  }
  if (done.length > 0) await queue.complete(done, clock.now())
  if (failed.length > 0) await queue.fail(failed, clock.now())
  announce(ports, done, failed)
  if (done.length > 0) await planner.review(done)
}

interface Circumstances {
  /** What binding to a world has thrown. */
  readonly thrownBy: ReadonlyMap<string, unknown>
  readonly nowMs: number
}

/** A plan that is refused ends the work, a world that refuses is left out, and what a service fails at is tried again. */
function outcomeOf(
  work: ClaimedWork,
  answer: PlanAnswer | undefined,
  { thrownBy, nowMs }: Circumstances,
): PlannedWork | FailedWork {
  if (answer === undefined || 'thrown' in answer) return failedWork(work, answer?.thrown, nowMs)
  const refused = new Map<string, WorkError>()
  for (const worldId of work.worldIds) {
    if (!thrownBy.has(worldId)) continue
    const thrown = thrownBy.get(worldId)
    const { error, isFinal } = workFailureOf(thrown)
    if (!isFinal) return failedWork(work, thrown, nowMs)
    refused.set(worldId, error)
  }
  return { work, plan: answer.plan, refused }
}

function failedWork(work: ClaimedWork, thrown: unknown, nowMs: number): FailedWork {
  const { error, isFinal } = workFailureOf(thrown)
  return { work, error, retryAtMs: isFinal ? undefined : nowMs + retryDelayMs(work.failures + 1) }
}

function announce(
  { onChange, failures, log }: SubmissionWorkerPorts,
  done: readonly PlannedWork[],
  failed: readonly FailedWork[],
): void {
  for (const { work, plan, refused } of done) {
    const worldIds = work.worldIds.filter((id) => !refused.has(id))
    onChange({ strategyId: work.strategy_id, worldIds, status: 'completed', plan })
    for (const [worldId, { code, message }] of refused) {
      failures.add({ work: 'binding', code, end: 'dropped' })
      log.warn('world-dropped', { strategy_id: work.strategy_id, world_id: worldId, code, reason: message })
    }
  }
  for (const { work } of failed) onChange({ ...subjectOf(work), status: 'failed' })
  const alike = groupRows(failed, ({ error, retryAtMs }) => `${error.code} ${retryAtMs === undefined}`)
  for (const [first, ...others] of alike.values()) {
    if (first === undefined) continue
    const { work, error, retryAtMs } = first
    const [isFinal, submissions] = [retryAtMs === undefined, others.length + 1]
    failures.add({ work: 'submission', code: error.code, end: isFinal ? 'failed' : 'retried' }, submissions)
    const fields = { submissions, strategy_id: work.strategy_id, attempts: work.failures + 1 }
    const line = { ...fields, code: error.code, reason: error.message }
    if (isFinal) log.error('submission-failed', line)
    else log.warn('submission-delayed', line)
  }
}

function subjectOf({
  strategy_id: strategyId,
  worldIds,
}: ClaimedWork): Pick<SubmissionChange, 'strategyId' | 'worldIds'> {
  return { strategyId, worldIds }
}
