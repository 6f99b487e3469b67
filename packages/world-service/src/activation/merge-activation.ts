import {
  activationEtag,
  stateHashOf,
  type ActivationEntry,
  type ActivationEnvelope,
  type ActivationPatch,
  type EffectiveMode,
  type Side,
} from '@qmtl/contracts'
import { modeOfDomain } from '../decision/decide-mode.ts'
import {
  activationStateOf,
  applyChange,
  type ActivationWrite,
  type WorldChange,
  type WorldFact,
  type WorldState,
} from '../world-state.ts'

/**
 * Merges a patch into an entry: a new version and etag; a frozen or draining entry is inactive; the weight is within 0 and 1,
 * and where neither patch nor entry gives one, 1 for an active entry and 0 for another.
 */
export function mergeActivation(state: WorldState, patch: ActivationPatch, ts: string): WorldChange {
  const previous = findEntry(state, patch.strategy_id, patch.side)
  const { freeze = previous?.freeze ?? false, drain = previous?.drain ?? false } = patch
  const active = patch.active && !freeze && !drain
  const draft: ActivationDraft = {
    strategy_id: patch.strategy_id,
    side: patch.side,
    active,
    weight: weightOf(patch, active, previous),
    freeze,
    drain,
    effective_mode: modeOfWorld(state),
    run_id: '',
    ts,
  }
  const { strategy_id, side } = patch
  return {
    ...writeActivation(state, [draft]),
    audit: [{ event: 'activation_updated', data: { strategy_id, side, active, freeze, drain } }],
  }
}

/** An entry before its version is known. */
export type ActivationDraft = Omit<ActivationEntry, 'etag'> & { readonly strategy_id: string; readonly side: Side }

/** Writes entries under the next version of the world; each gives one event with the hash of the state after all of them. */
export function writeActivation(
  state: WorldState,
  drafts: readonly ActivationDraft[],
  phase?: 'unfreeze',
): Pick<WorldChange, 'activation' | 'facts'> {
  if (drafts.length === 0) return { facts: [] }
  const version = state.activation_version + 1
  const { world_id, epoch } = state.world
  const writes = drafts.map(({ strategy_id, side, ...entry }): ActivationWrite => {
    return { strategy_id, side, entry: { ...entry, etag: activationEtag(world_id, strategy_id, side, version) } }
  })
  const activation = { version, writes }
  const after = activationStateOf(applyChange(state, { activation, audit: [], facts: [] }))
  const state_hash = stateHashOf(after)
  const facts = writes.map(({ strategy_id, side, entry }): WorldFact => {
    const envelope = { world_id, strategy_id, side, ...entry, state_hash }
    const data = { version: 1 as const, ...envelope, state_version: version, epoch }
    return { type: 'activation_updated', data: phase === undefined ? data : { ...data, phase } }
  })
  return { activation, facts }
}

/** The entry of a strategy's side, or nothing. */
export function findEntry(state: WorldState, strategyId: string, side: Side): ActivationEntry | undefined {
  return state.entries.find((write) => write.strategy_id === strategyId && write.side === side)?.entry
}

/** An entry with its place and the hash of the whole state. */
export function envelopeOf(state: WorldState, strategyId: string, side: Side): ActivationEnvelope | undefined {
  const entry = findEntry(state, strategyId, side)
  if (entry === undefined) return undefined
  const state_hash = stateHashOf(activationStateOf(state))
  return { world_id: state.world.world_id, strategy_id: strategyId, side, ...entry, state_hash }
}

function weightOf(patch: ActivationPatch, active: boolean, previous: ActivationEntry | undefined): number {
  if (patch.weight !== undefined) return Number.isNaN(patch.weight) ? 0 : Math.min(1, Math.max(0, patch.weight))
  if (!active) return 0
  return previous !== undefined && previous.weight > 0 ? previous.weight : 1
}

function modeOfWorld({ world }: WorldState): EffectiveMode {
  return world.current_domain === null ? 'compute-only' : modeOfDomain(world.current_domain)
}
