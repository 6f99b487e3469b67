import type { World } from '@qmtl/contracts'
import type { WorldChange, WorldFact, WorldState } from '../world-state.ts'
import { orderStopOf } from './order-stop.ts'

export interface EpochCause {
  /** The apply that froze or released; empty by hand. */
  readonly run_id: string
  readonly ts: string
}

/** Stops every order of a world under a new epoch. A frozen world stays as it is: its epoch has stopped them already. */
export function freezeWorld(state: WorldState, cause: EpochCause): WorldChange {
  return state.world.frozen ? unchanged : underNewEpoch({ ...state.world, frozen: true }, cause)
}

/** Releases a frozen world under a new epoch, so that orders decided before the freeze stay stopped. */
export function unfreezeWorld(state: WorldState, cause: EpochCause): WorldChange {
  return state.world.frozen ? underNewEpoch({ ...state.world, frozen: false }, cause) : unchanged
}

/** Changes settings. What starts or ends a stop of all orders (the circuit breaker, live no longer allowed) takes a new epoch. */
export function changeSettings(state: WorldState, world: World, cause: EpochCause): WorldChange {
  return orderStopOf(world) === orderStopOf(state.world)
    ? { world: { ...world, updated_at: cause.ts }, audit: [], facts: [] }
    : underNewEpoch(world, cause)
}

const unchanged: WorldChange = { audit: [], facts: [] }

function underNewEpoch(changed: World, { run_id, ts }: EpochCause): WorldChange {
  const world = { ...changed, epoch: changed.epoch + 1, updated_at: ts }
  const stopped = orderStopOf(world) !== undefined
  const data = { version: 1 as const, world_id: world.world_id, epoch: world.epoch, frozen: stopped, run_id }
  const fact: WorldFact = { type: 'world_epoch_changed', data }
  return { world, epoch_since: ts, audit: [], facts: [fact] }
}
