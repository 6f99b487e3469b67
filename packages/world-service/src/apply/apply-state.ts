import { assertNever, type ApplyAck, type ApplyPhase, type ExecutionDomain, type Side } from '@qmtl/contracts'

/** What an apply is going to do, settled when it was requested. */
export interface ApplyRun {
  readonly world_id: string
  readonly run_id: string
  /** Content hash of the request: the same run_id with another one is refused. */
  readonly request_hash: string
  readonly domain: ExecutionDomain
  /** Snapshot that the world moves to; absent where it stays. */
  readonly as_of?: string
  /** Strategies to be active, sorted, and the sides that a new one may trade. */
  readonly target: readonly { readonly strategy_id: string; readonly sides: readonly Side[] }[]
  /** Strategies active before, sorted. */
  readonly previous: readonly string[]
  /** When each stage was committed. */
  readonly stages: readonly { readonly stage: ApplyPhase; readonly ts: string }[]
}

/** Where an apply stands. Orders leave only before `freeze` and from `unfreeze` on. */
export type ApplyState =
  | { readonly phase: 'requested'; readonly run: ApplyRun }
  | { readonly phase: 'freeze'; readonly run: ApplyRun; readonly frozen_epoch: number }
  | { readonly phase: 'switch'; readonly run: ApplyRun }
  | { readonly phase: 'unfreeze'; readonly run: ApplyRun }
  | { readonly phase: 'completed'; readonly run: ApplyRun }
  | { readonly phase: 'rolled_back'; readonly run: ApplyRun; readonly reason: string }

export type ApplyCommand = 'freeze' | 'switch' | 'unfreeze' | 'complete' | 'roll-back'

export type ApplyEvent =
  | { readonly type: 'apply-frozen'; readonly epoch: number; readonly ts: string }
  | { readonly type: 'apply-switched'; readonly ts: string }
  | { readonly type: 'apply-unfrozen'; readonly ts: string }
  | { readonly type: 'apply-completed'; readonly ts: string }
  | { readonly type: 'apply-rolled-back'; readonly reason: string; readonly ts: string }

/** The commands that each phase allows: from `switch` on an apply only goes forward. */
const allowed: Readonly<Record<ApplyPhase, readonly ApplyCommand[]>> = {
  requested: ['freeze', 'roll-back'],
  freeze: ['switch', 'roll-back'],
  switch: ['unfreeze'],
  unfreeze: ['complete'],
  completed: [],
  rolled_back: [],
}

/** True where the command may follow; an apply never skips a phase and never leaves its end. */
export function mayFollow(state: ApplyState, command: ApplyCommand): boolean {
  return allowed[state.phase].includes(command)
}

/** The next command of an apply that goes well, or nothing at its end. */
export function nextCommand(state: ApplyState): ApplyCommand | undefined {
  return allowed[state.phase][0]
}

/** What becomes of an apply whose process ended: rolled back before the switch was committed, continued after it. */
export function recoveryCommand(state: ApplyState): ApplyCommand | undefined {
  return allowed[state.phase].at(-1)
}

/** Freezing ends with every order stopped; a failure before the switch leaves the world as it was, but frozen. */
export function evolveApply(state: ApplyState, event: ApplyEvent): ApplyState {
  switch (event.type) {
    case 'apply-frozen':
      return { phase: 'freeze', run: reached(state.run, 'freeze', event.ts), frozen_epoch: event.epoch }
    case 'apply-switched':
      return { phase: 'switch', run: reached(state.run, 'switch', event.ts) }
    case 'apply-unfrozen':
      return { phase: 'unfreeze', run: reached(state.run, 'unfreeze', event.ts) }
    case 'apply-completed':
      return { phase: 'completed', run: reached(state.run, 'completed', event.ts) }
    case 'apply-rolled-back':
      return { phase: 'rolled_back', run: reached(state.run, 'rolled_back', event.ts), reason: event.reason }
    default:
      return assertNever(event)
  }
}

/** True while the apply holds its world: no other may start. */
export function isOpen({ phase }: ApplyState): boolean {
  return phase !== 'completed' && phase !== 'rolled_back'
}

/** What a caller is told; the same for each repetition of its run_id. */
export function applyAckOf(state: ApplyState): ApplyAck {
  const { run, phase } = state
  const switched = phase === 'switch' || phase === 'unfreeze' || phase === 'completed'
  return {
    ok: phase !== 'rolled_back',
    world_id: run.world_id,
    run_id: run.run_id,
    phase,
    active: switched ? run.target.map(({ strategy_id }) => strategy_id) : [...run.previous],
    stages: run.stages.map((stage) => ({ ...stage })),
    ...(state.phase === 'rolled_back' ? { reason: state.reason } : {}),
  }
}

function reached(run: ApplyRun, stage: ApplyPhase, ts: string): ApplyRun {
  return { ...run, stages: [...run.stages, { stage, ts }] }
}
