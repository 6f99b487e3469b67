import type { Client, Clock, ComputeContext, Plan, worldRoutes } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import { groupRows } from '../database/group-rows.ts'
import { storedJson } from '../database/stored-json.ts'
import type { WorldReadings } from '../worlds/world-readings.ts'
import { bindStrategies } from './bind-strategies.ts'
import { planStrategies, portionsOf, type PlanAnswer, type PlanPorts } from './plan-strategies.ts'
import { retryDelayMs } from './submission-state.ts'
import type { NamedWorld } from './submission-statements.ts'
import { workFailureOf, type WorkFailureCounter } from './work-failure.ts'
import { createWorkLoop, leaseMs, pollMs } from './work-loop.ts'
import { contextIn, isContext, readGrants } from './world-grants.ts'
import type { PlannedWork } from './work-queue.ts'
import { createWorldRequests } from './world-requests.ts'
import type { WorldOutcome, WorldQueue, WorldWork } from './world-queue.ts'

export interface WorldPlannerPorts extends PlanPorts {
  readonly worldQueue: WorldQueue
  readonly readings: Pick<WorldReadings, 'decisions'>
  readonly worlds: Pick<Client<typeof worldRoutes>, 'listWorlds' | 'addBindings'>
  readonly clock: Clock
  readonly log: Logger
  readonly failures: WorkFailureCounter
  /** Told of a plan that a strategy has in a world now, once it is durable. */
  readonly onPlan: (strategyId: string, plan: Plan) => void
}

export interface WorldPlannerOptions {
  /** True when other processes work on the same log. */
  readonly isShared: boolean
  /** Plans taken up together at most; default 256. */
  readonly batchSize?: number
}

/**
 * Plans completed submissions in the worlds they joined, and anew where a world grants something else: their nodes run in
 * another domain then, and are bound there. What is to be done is in the database, and a plan of the same context is found,
 * not made again, so doing it twice changes nothing.
 */
export interface WorldPlanner {
  /** Works in the background until it is stopped, beginning with every world that an apply has switched. */
  start(): Promise<void>
  /** Says that there is work. */
  wake(): void
  /** Says that a world may compute in another context now. */
  request(worldId: string): void
  /** Says that any world may: what told of it was missed. */
  requestAll(): void
  /** Compares what was planned just now with what the worlds grant by now, and sees to their other worlds. */
  review(done: readonly PlannedWork[]): Promise<void>
  /** Takes up what is due now and resolves with how many plans that were. */
  step(): Promise<number>
  /** Ends after the batch under way; idempotent. */
  stop(): Promise<void>
}

export function createWorldPlanner(ports: WorldPlannerPorts, options: WorldPlannerOptions): WorldPlanner {
  const { batchSize = 256, isShared } = options
  const { worldQueue, clock, log } = ports
  const requests = createWorldRequests(ports)

  async function step(): Promise<number> {
    await requests.keep()
    return workOnce(ports, batchSize)
  }

  const loop = createWorkLoop({
    async pass() {
      if ((await step()) > 0) return 0
      const dueMs = await worldQueue.nextDueMs()
      const untilDueMs = dueMs === undefined ? leaseMs : Math.max(1, dueMs - clock.now())
      return isShared ? Math.min(untilDueMs, pollMs) : untilDueMs
    },
    onFailure: (error) => log.warn('world-planning-failed', { error }),
  })

  function requestAll(): void {
    requests.addSwitched()
    loop.wake()
  }

  return {
    async start() {
      if (!isShared) await worldQueue.release(clock.now())
      requestAll()
      loop.start()
    },
    wake: loop.wake,
    request(worldId) {
      requests.add(worldId)
      loop.wake()
    },
    requestAll,
    async review(done) {
      const changed = await changedSince(ports, done)
      try {
        await worldQueue.askFor(changed, clock.now())
      } catch (error) {
        log.warn('world-planning-failed', { error })
        for (const { world_id } of changed) requests.add(world_id)
      }
      // It may have joined worlds while its submission was under way.
      loop.wake()
    },
    step,
    stop: loop.stop,
  }
}

/** First worlds that are not known to grant the context still that was planned. */
async function changedSince(
  { readings }: Pick<WorldPlannerPorts, 'readings'>,
  done: readonly PlannedWork[],
): Promise<readonly NamedWorld[]> {
  const firstOf = ({ work, refused }: PlannedWork): readonly string[] =>
    work.worldIds.slice(0, 1).filter((id) => !refused.has(id))
  const grants = await readGrants(readings, done.flatMap(firstOf))
  return done.flatMap((planned) =>
    firstOf(planned).flatMap((world_id) => {
      const { position, hints, context } = planned.work
      const granted = grants.get(world_id)
      const isSame =
        granted !== undefined &&
        'decision' in granted &&
        isContext(context, contextIn(world_id, granted.decision, hints))
      return isSame ? [] : [{ position, world_id }]
    }),
  )
}

async function workOnce(ports: WorldPlannerPorts, limit: number): Promise<number> {
  const { worldQueue, clock } = ports
  const works = await worldQueue.claim({ nowMs: clock.now(), leaseMs, limit })
  for (const portion of portionsOf(works)) {
    const outcomes = await outcomesOf(ports, portion)
    announce(ports, await worldQueue.end(outcomes, clock.now()))
  }
  return works.length
}

/** Work whose world grants a context in which it is not planned yet. */
interface Pending {
  readonly work: WorldWork
  readonly context: string
}

async function outcomesOf(ports: WorldPlannerPorts, works: readonly WorldWork[]): Promise<readonly WorldOutcome[]> {
  const nowMs = ports.clock.now()
  const outcomes: WorldOutcome[] = []
  const pending: Pending[] = []
  const grants = await readGrants(
    ports.readings,
    works.map((work) => work.worldId),
  )
  for (const work of works) {
    const granted = grants.get(work.worldId)
    if (granted === undefined || 'thrown' in granted) {
      outcomes.push(failed(work, granted?.thrown, { final: 'dropped', nowMs }))
      continue
    }
    const context = contextIn(work.worldId, granted.decision, work.hints)
    if (work.planned !== undefined && isContext(work.planned, context)) outcomes.push({ kind: 'kept', work })
    else pending.push({ work, context })
  }
  return [...outcomes, ...(await planPending(ports, pending, nowMs))]
}

async function planPending(
  ports: WorldPlannerPorts,
  pending: readonly Pending[],
  nowMs: number,
): Promise<readonly WorldOutcome[]> {
  const unbound = pending.filter(({ work }) => work.planned === undefined)
  const thrownBy = await bindStrategies(
    ports.worlds,
    unbound.map(({ work }) => ({ strategyId: work.strategy_id, worldId: work.worldId })),
  )
  const isUnbound = (work: WorldWork) => work.planned === undefined && thrownBy.has(work.worldId)
  const bound = pending.filter(({ work }) => !isUnbound(work))
  const answers = await planStrategies(
    ports,
    bound.map(({ work, context }) => ({
      strategyId: work.strategy_id,
      context: storedJson<ComputeContext>(context),
    })),
  )
  return [
    ...pending
      .filter(({ work }) => isUnbound(work))
      .map(({ work }) => failed(work, thrownBy.get(work.worldId), { final: 'dropped', nowMs })),
    ...bound.map((each, index) => outcomeOf(each, answers[index], nowMs)),
  ]
}

function outcomeOf({ work, context }: Pending, answer: PlanAnswer | undefined, nowMs: number): WorldOutcome {
  if (answer !== undefined && 'plan' in answer) return { kind: 'planned', work, context, plan: answer.plan }
  return failed(work, answer?.thrown, { final: 'refused', nowMs })
}

function failed(
  work: WorldWork,
  thrown: unknown,
  { final, nowMs }: { readonly final: 'dropped' | 'refused'; readonly nowMs: number },
): WorldOutcome {
  const { error, isFinal } = workFailureOf(thrown)
  if (isFinal) return { kind: final, work, error }
  return { kind: 'delayed', work, error, retryAtMs: nowMs + retryDelayMs(work.failures + 1) }
}

function announce({ onPlan, failures, log }: WorldPlannerPorts, outcomes: readonly WorldOutcome[]): void {
  const failed = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : []))
  for (const outcome of outcomes) {
    if (outcome.kind === 'planned') onPlan(outcome.work.strategy_id, outcome.plan)
  }
  const alike = groupRows(failed, ({ kind, work, error }) => `${kind} ${work.worldId} ${error.code}`)
  for (const [first, ...others] of alike.values()) {
    if (first === undefined) continue
    const { kind, work, error } = first
    const strategies = others.length + 1
    failures.add({ work: 'world-plan', code: error.code, end: kind === 'delayed' ? 'retried' : kind }, strategies)
    const fields = { world_id: work.worldId, strategies, strategy_id: work.strategy_id, attempts: work.failures + 1 }
    log.warn(`world-plan-${kind}`, { ...fields, code: error.code, reason: error.message })
  }
}
