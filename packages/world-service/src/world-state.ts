import type {
  ActivationEntry,
  ActivationState,
  ActivationUpdated,
  BindingsUpdated,
  JsonObject,
  PolicyUpdated,
  Side,
  World,
  WorldEpochChanged,
} from '@qmtl/contracts'

/** One entry of a world's activation. */
export interface ActivationWrite {
  readonly strategy_id: string
  readonly side: Side
  readonly entry: ActivationEntry
}

/** All that rules about a world's orders look at, as committed. */
export interface WorldState {
  readonly world: World
  /** When the world's epoch began: since then its orders are stopped, or not. */
  readonly epoch_since: string
  /** Grows by one with each write of activation. */
  readonly activation_version: number
  readonly entries: readonly ActivationWrite[]
  /** Strategies that the last apply made active, sorted. */
  readonly decisions: readonly string[]
}

/** What others are told of a change; the store adds id, time and sequence. */
export type WorldFact =
  | Pick<ActivationUpdated, 'type' | 'data'>
  | Pick<WorldEpochChanged, 'type' | 'data'>
  | Pick<PolicyUpdated, 'type' | 'data'>
  | Pick<BindingsUpdated, 'type' | 'data'>

/** A change of a world, to be committed whole: members left out stay. Each change leaves at least one audit entry. */
export interface WorldChange {
  readonly world?: World
  readonly epoch_since?: string
  readonly activation?: { readonly version: number; readonly writes: readonly ActivationWrite[] }
  readonly decisions?: readonly string[]
  readonly audit: readonly { readonly event: string; readonly data: JsonObject }[]
  readonly facts: readonly WorldFact[]
}

/** A state after a change. */
export function applyChange(state: WorldState, change: WorldChange): WorldState {
  const { world = state.world, epoch_since = state.epoch_since, decisions = state.decisions, activation } = change
  const after = { ...state, world, epoch_since, decisions }
  if (activation === undefined) return after
  const key = ({ strategy_id, side }: ActivationWrite) => `${strategy_id}\u0000${side}`
  const entries = new Map([...state.entries, ...activation.writes].map((write) => [key(write), write]))
  return { ...after, activation_version: activation.version, entries: [...entries.values()] }
}

/** The activation of a world as it goes out: strategy, then side. */
export function activationStateOf({ activation_version, entries }: WorldState): ActivationState {
  const state: Record<string, Partial<Record<Side, ActivationEntry>>> = {}
  for (const { strategy_id, side, entry } of entries) state[strategy_id] = { ...state[strategy_id], [side]: entry }
  return { version: activation_version, state }
}
