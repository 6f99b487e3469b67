import { formatInstant, messageOf, QmtlError, type ApplyAck, type ApplyRequest, type Clock } from '@qmtl/contracts'
import type { Logger, Metrics } from '@qmtl/service-kit'
import { applyRunOf, checkApply, plannedTarget, requestHashOf } from '../apply/plan-apply.ts'
import {
  applyAckOf,
  isOpen,
  mayFollow,
  nextCommand,
  recoveryCommand,
  type ApplyCommand,
  type ApplyState,
} from '../apply/apply-state.ts'
import { applyStep, requestEntry } from '../apply/apply-step.ts'
import type { EvidenceRecord } from '../evaluation/candidate.ts'
import type { Authorship, WorldReader, WorldStore } from '../ports.ts'
import type { WorldState } from '../world-state.ts'
import { evaluateWorld } from './evaluate-world.ts'
import type { GateKeeper } from './gate-keeper.ts'

export interface ApplyRunnerPorts {
  readonly store: WorldStore
  readonly gates: GateKeeper
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** Called after each commit. */
  readonly onCommitted: () => void
}

export type Author = Omit<Authorship, 'ts'>

export interface ApplyCall {
  readonly world_id: string
  readonly request: ApplyRequest
  /** The caller said that live trading is meant. */
  readonly confirmedLive: boolean
  readonly author: Author
}

/** Drives applies through their journal: one at a time per world, each phase one transaction. */
export interface ApplyRunner {
  /** Runs an apply to its end; a run_id that was used before answers as it stands. */
  apply(call: ApplyCall): Promise<ApplyAck>
  /** Ends every apply that a crash left open: rolled back before the switch, completed after it. */
  recover(): Promise<void>
  /** Throws `E_APPLY_RUNNING` while an apply holds the world; one that nobody drives is ended first. */
  requireIdle(worldId: string): Promise<void>
  /** Resolves when the apply that is under way in the world, if one is, has ended in whatever way. */
  settled(worldId: string): Promise<void>
  /** Rolls back what still waits for gates and resolves when no apply is under way. */
  stop(): Promise<void>
}

export function createApplyRunner(ports: ApplyRunnerPorts): ApplyRunner {
  const { store, log } = ports
  const driven = new Map<string, Promise<ApplyState>>()
  const stopping = new AbortController()

  /** Claims the world before the first await, so that nobody takes a run that has just begun for an abandoned one. */
  async function drive(worldId: string, work: () => Promise<ApplyState>): Promise<ApplyState> {
    if (driven.has(worldId)) throw new QmtlError('E_APPLY_RUNNING', `an apply of world '${worldId}' is running`)
    const running = work().finally(() => driven.delete(worldId))
    driven.set(worldId, running)
    return running
  }

  async function requireIdle(worldId: string): Promise<void> {
    const open = await store.openApply(worldId)
    if (open === undefined) return
    const { run, phase } = open
    if (driven.has(worldId)) {
      const message = `apply '${run.run_id}' of world '${worldId}' is in phase ${phase}`
      throw new QmtlError('E_APPLY_RUNNING', message, { details: { run_id: run.run_id, phase } })
    }
    await drive(worldId, () => settle(ports, open))
  }

  return {
    requireIdle,
    async settled(worldId) {
      await Promise.allSettled([driven.get(worldId)])
    },
    async apply(call) {
      const { world_id } = call
      const earlier = await repeated(store, call)
      if (earlier !== undefined) {
        const isAbandoned = isOpen(earlier) && !driven.has(world_id)
        return applyAckOf(isAbandoned ? await drive(world_id, () => settle(ports, earlier)) : earlier)
      }
      await requireIdle(world_id)
      const run = async () => complete(ports, await request(ports, call), call.author, stopping.signal)
      return applyAckOf(await drive(world_id, run))
    },
    async recover() {
      for (const open of await store.openApplies()) {
        const { world_id, run_id } = open.run
        const settled = await drive(world_id, () => settle(ports, open))
        log.warn('apply-recovered', { world_id, run_id, found: open.phase, phase: settled.phase })
      }
    },
    async stop() {
      stopping.abort()
      await Promise.allSettled(driven.values())
    },
  }
}

/** The state of an earlier apply of this run_id, which must have been the same request. */
async function repeated(store: WorldReader, { world_id, request }: ApplyCall): Promise<ApplyState | undefined> {
  const earlier = await store.applyRun(world_id, request.run_id)
  if (earlier !== undefined && earlier.run.request_hash !== requestHashOf(request)) {
    throw new QmtlError('E_RUN_ID_REUSED', `run_id '${request.run_id}' was used with another request`)
  }
  return earlier
}

/** Settles the target and journals the run. Nothing else changes yet. */
async function request(ports: ApplyRunnerPorts, call: ApplyCall): Promise<ApplyState> {
  const { store, clock } = ports
  const ts = formatInstant(clock.now())
  const before = await requireState(store, call.world_id)
  checkApply(call.request, before.world, call.confirmedLive)
  const { target, evidence } = await targetOf(store, before, call.request, ts)
  const state = await store.transaction(async (trx): Promise<ApplyState> => {
    const { world, decisions } = await requireState(trx, call.world_id)
    const open = await trx.openApply(call.world_id)
    // Another apply came in between: its target is the newer one.
    if (open !== undefined || decisions.join() !== before.decisions.join()) {
      throw new QmtlError('E_APPLY_RUNNING', `another apply of world '${call.world_id}' came first`)
    }
    const run = applyRunOf({ world, request: call.request, target, previous: decisions, evidence, ts })
    await trx.saveApply({ phase: 'requested', run })
    await trx.commit(call.world_id, { audit: [requestEntry(run)], facts: [] }, { ...call.author, ts })
    return { phase: 'requested', run }
  })
  ports.onCommitted()
  return state
}

interface Target {
  readonly target: readonly string[]
  readonly evidence: ReadonlyMap<string, EvidenceRecord>
}

async function targetOf(store: WorldReader, state: WorldState, request: ApplyRequest, ts: string): Promise<Target> {
  const { plan, as_of } = request
  const worldId = state.world.world_id
  if (plan === undefined) {
    const judged = await evaluateWorld(
      store,
      state,
      { stage: 'backtest', ...(as_of === undefined ? {} : { as_of }) },
      ts,
    )
    return { target: judged.evaluation.active, evidence: recordsOf(judged.evidence) }
  }
  const named = [...(plan.activate ?? []), ...(plan.deactivate ?? [])]
  const [unknown] = await store.unbound(worldId, named)
  if (unknown !== undefined) {
    throw new QmtlError('E_UNKNOWN_STRATEGY', `strategy '${unknown}' is not bound to world '${worldId}'`)
  }
  const target = plannedTarget(plan, state.decisions)
  return { target, evidence: recordsOf(await store.evidence(worldId, 'backtest')) }
}

function recordsOf(evidence: Awaited<ReturnType<WorldReader['evidence']>>): ReadonlyMap<string, EvidenceRecord> {
  return new Map(evidence.map(({ strategy_id, record }) => [strategy_id, record]))
}

/** Drives a run to its end; what fails before the switch rolls it back and leaves the world frozen. */
async function complete(
  ports: ApplyRunnerPorts,
  requested: ApplyState,
  author: Author,
  signal: AbortSignal,
): Promise<ApplyState> {
  const startedAtMs = ports.clock.monotonic()
  let state = requested
  try {
    for (let command = nextCommand(state); command !== undefined; command = nextCommand(state)) {
      if (state.phase === 'freeze') await ports.gates.drain(state.run.world_id, state.frozen_epoch, signal)
      state = await commitStep(ports, state, command, { author })
    }
    const { world_id, run_id } = state.run
    ports.log.info('apply-completed', { world_id, run_id, took_ms: ports.clock.monotonic() - startedAtMs })
    return state
  } catch (cause) {
    throw await failed(ports, state, { author, cause })
  }
}

/** Rolls back what may be rolled back, and says what became of the apply. */
async function failed(
  ports: ApplyRunnerPorts,
  state: ApplyState,
  { author, cause }: { readonly author: Author; readonly cause: unknown },
): Promise<QmtlError> {
  const { world_id, run_id } = state.run
  const reason = messageOf(cause)
  ports.log.error('apply-failed', { world_id, run_id, phase: state.phase, error: cause })
  let fate = 'it had switched; its run_id repeated completes it'
  if (mayFollow(state, 'roll-back')) {
    fate = await commitStep(ports, state, 'roll-back', { author, reason }).then(
      () => 'it was rolled back, and the world is frozen',
      (error: unknown) => {
        ports.log.error('apply-roll-back-failed', { world_id, run_id, error })
        return 'how it stands is not known; its run_id repeated, or a restart, ends it'
      },
    )
  }
  const message = `apply '${run_id}' of world '${world_id}' failed in phase ${state.phase}: ${reason}; ${fate}`
  return new QmtlError('E_APPLY_FAILED', message, { cause, details: { run_id, phase: state.phase } })
}

const recoveryAuthor: Author = { actor: 'world-service', correlation_id: 'recovery' }

/** Ends a run that nobody drives any more. */
async function settle(ports: ApplyRunnerPorts, open: ApplyState): Promise<ApplyState> {
  // It may have ended since it was read.
  let state = (await ports.store.applyRun(open.run.world_id, open.run.run_id)) ?? open
  for (let command = recoveryCommand(state); command !== undefined; command = recoveryCommand(state)) {
    state = await commitStep(ports, state, command, { author: recoveryAuthor })
  }
  return state
}

/** One phase: journal, world, audit and events in one transaction, on the state as committed. */
async function commitStep(
  { store, clock, metrics, onCommitted }: ApplyRunnerPorts,
  { run }: ApplyState,
  command: ApplyCommand,
  { author, reason }: { readonly author: Author; readonly reason?: string },
): Promise<ApplyState> {
  const ts = formatInstant(clock.now())
  const next = await store.transaction(async (trx) => {
    const apply = await trx.applyRun(run.world_id, run.run_id)
    const world = await requireState(trx, run.world_id)
    if (apply === undefined) throw new QmtlError('E_INTERNAL', `apply '${run.run_id}' is not in the journal`)
    const { state, change } = applyStep(apply, world, command, { ts, ...(reason === undefined ? {} : { reason }) })
    await trx.saveApply(state)
    await trx.commit(run.world_id, change, { ...author, ts })
    return state
  })
  onCommitted()
  if (!isOpen(next)) {
    const help = 'Applies that came to their end, by phase'
    metrics.counter({ name: 'qmtl_world_applies_total', help, labels: ['phase'] }).add({ phase: next.phase })
  }
  return next
}

/** The committed state of a world, which must exist. */
export async function requireState(reader: Pick<WorldReader, 'state'>, worldId: string): Promise<WorldState> {
  const state = await reader.state(worldId)
  if (state === undefined) throw new QmtlError('E_UNKNOWN_WORLD', `no world '${worldId}'`)
  return state
}
