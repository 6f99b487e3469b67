import { formatInstant, QmtlError, type Clock, type RequestContext } from '@qmtl/contracts'
import type { Authorship, WorldReader, WorldStore } from '../ports.ts'
import type { WorldState } from '../world-state.ts'
import type { ApplyRunner } from './apply-runner.ts'
import type { GateKeeper } from './gate-keeper.ts'

/** What the handlers of the routes work with. */
export interface WorldParts {
  readonly store: WorldStore
  readonly clock: Clock
  readonly gates: GateKeeper
  readonly applies: ApplyRunner
  /** Says that events were committed. */
  readonly onCommitted: () => void
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal
}

/** Who calls, under which request, and now. */
export function authorOf({ caller, requestId }: RequestContext, clock: Clock): Authorship {
  return { actor: caller.sub, correlation_id: requestId, ts: formatInstant(clock.now()) }
}

/** The state of a world; `E_UNKNOWN_WORLD` where there is none, or it was deleted. */
export async function stateOf(reader: Pick<WorldReader, 'state'>, worldId: string): Promise<WorldState> {
  const state = await reader.state(worldId)
  if (state === undefined || state.world.state === 'DELETED') {
    throw new QmtlError('E_UNKNOWN_WORLD', `no world '${worldId}'`)
  }
  return state
}

/** `E_APPLY_RUNNING` while an apply holds the world; to be asked inside the transaction that must not meet one. */
export async function refuseDuringApply(reader: Pick<WorldReader, 'openApply'>, worldId: string): Promise<void> {
  const open = await reader.openApply(worldId)
  if (open === undefined) return
  const { run, phase } = open
  const message = `apply '${run.run_id}' of world '${worldId}' is in phase ${phase}`
  throw new QmtlError('E_APPLY_RUNNING', message, { details: { run_id: run.run_id, phase } })
}

/** `E_UNKNOWN_STRATEGY` unless every strategy is bound to the world. */
export async function requireBound(
  reader: Pick<WorldReader, 'unbound'>,
  worldId: string,
  strategyIds: readonly string[],
): Promise<void> {
  const unbound = await reader.unbound(worldId, strategyIds)
  if (unbound.length === 0) return
  const rest = unbound.length > 1 ? ` (and ${unbound.length - 1} more)` : ''
  throw new QmtlError('E_UNKNOWN_STRATEGY', `strategy '${unbound[0] ?? ''}' is not bound to world '${worldId}'${rest}`)
}
