import { assertNever, type ApplyPhase, type World } from '@qmtl/contracts'
import { writeActivation, type ActivationDraft } from '../activation/merge-activation.ts'
import { modeOfDomain } from '../decision/decide-mode.ts'
import { freezeWorld, unfreezeWorld } from '../decision/freeze-world.ts'
import { applyChange, type WorldChange, type WorldState } from '../world-state.ts'
import {
  evolveApply,
  mayFollow,
  type ApplyCommand,
  type ApplyEvent,
  type ApplyRun,
  type ApplyState,
} from './apply-state.ts'

export interface ApplyStep {
  readonly state: ApplyState
  /** What is committed together with the new state. */
  readonly change: WorldChange
}

/** One phase of an apply: its next state and the change of the world, to be committed together. Refuses a phase out of order. */
export function applyStep(
  apply: ApplyState,
  world: WorldState,
  command: ApplyCommand,
  at: { readonly ts: string; readonly reason?: string },
): ApplyStep {
  if (!mayFollow(apply, command)) throw new TypeError(`'${command}' does not follow phase '${apply.phase}'`)
  const { run } = apply
  const { ts } = at
  switch (command) {
    case 'freeze': {
      const change = freezeWorld(world, { run_id: run.run_id, ts })
      const epoch = applyChange(world, change).world.epoch
      return stepOf(apply, { type: 'apply-frozen', epoch, ts }, change)
    }
    case 'switch':
      return stepOf(apply, { type: 'apply-switched', ts }, switchWorld(world, run, ts))
    case 'unfreeze':
      return stepOf(apply, { type: 'apply-unfrozen', ts }, unfreezeWorld(world, { run_id: run.run_id, ts }))
    case 'complete':
      return stepOf(apply, { type: 'apply-completed', ts }, { audit: [], facts: [] })
    case 'roll-back': {
      const reason = at.reason ?? 'the process ended'
      // Nothing but the freeze was committed, so nothing is restored; a world not yet frozen is frozen now.
      return stepOf(apply, { type: 'apply-rolled-back', reason, ts }, freezeWorld(world, { run_id: run.run_id, ts }))
    }
    default:
      return assertNever(command)
  }
}

function stepOf(apply: ApplyState, event: ApplyEvent, change: WorldChange): ApplyStep {
  const state = evolveApply(apply, event)
  return { state, change: { ...change, audit: [stageEntry(state, event), ...change.audit] } }
}

function stageEntry({ run, phase }: ApplyState, event: ApplyEvent): WorldChange['audit'][number] {
  const reason = event.type === 'apply-rolled-back' ? { reason: event.reason } : {}
  return { event: 'apply_stage', data: { run_id: run.run_id, stage: phase, ...reason } }
}

/** The audit entry of the request itself. */
export function requestEntry(run: ApplyRun): WorldChange['audit'][number] {
  const target = run.target.map(({ strategy_id }) => strategy_id)
  const stage: ApplyPhase = 'requested'
  return { event: 'apply_stage', data: { run_id: run.run_id, stage, domain: run.domain, target } }
}

/** Decisions, domain, snapshot and activation entries move together. */
function switchWorld(state: WorldState, run: ApplyRun, ts: string): WorldChange {
  const as_of = run.as_of ?? state.world.data.as_of
  const world: World = {
    ...state.world,
    current_domain: run.domain,
    data: { ...state.world.data, as_of },
    updated_at: ts,
  }
  const { activation, facts } = writeActivation(state, draftsOf(state, run, ts), 'unfreeze')
  const decisions = run.target.map(({ strategy_id }) => strategy_id)
  return { world, decisions, ...(activation === undefined ? {} : { activation }), facts, audit: [] }
}

/** Known entries keep their weight; a strategy without one gets the sides that it may trade, at full weight. */
function draftsOf(state: WorldState, run: ApplyRun, ts: string): readonly ActivationDraft[] {
  const targets = new Set(run.target.map(({ strategy_id }) => strategy_id))
  const base = { freeze: false, drain: false, effective_mode: modeOfDomain(run.domain), run_id: run.run_id, ts }
  const known = state.entries.map(({ strategy_id, side, entry }): ActivationDraft => {
    const active = targets.has(strategy_id)
    return { strategy_id, side, active, weight: active && entry.weight === 0 ? 1 : entry.weight, ...base }
  })
  const held = new Set(state.entries.map(({ strategy_id }) => strategy_id))
  const added = run.target
    .filter(({ strategy_id }) => !held.has(strategy_id))
    .flatMap(({ strategy_id, sides }) =>
      sides.map((side): ActivationDraft => ({ strategy_id, side, active: true, weight: 1, ...base })),
    )
  return [...known, ...added]
}
