import {
  QmtlError,
  type CallOptions,
  type Client,
  type ComputeContext,
  type dagManagerRoutes,
  type Queue,
  type WorldTagQuery,
} from '@qmtl/contracts'
import { domainOfWord } from '../normalise/domain-alias.ts'
import { isServiceFailure } from '../worlds/reading-cache.ts'
import type { WorldReadings } from '../worlds/world-readings.ts'
import { deriveContext } from './derive-context.ts'

export interface FindQueuesPorts {
  readonly dagManager: Pick<Client<typeof dagManagerRoutes>, 'queuesByTag'>
  readonly readings: Pick<WorldReadings, 'decisions'>
}

export interface FoundQueues {
  /** Where they were looked for: a submission to the world with the same hints would be planned there now. */
  readonly context: Pick<ComputeContext, 'world_id' | 'execution_domain' | 'as_of' | 'partition'>
  /** Sorted by name. */
  readonly queues: readonly Queue[]
}

/**
 * Queues of a world by tags, never of another domain, snapshot or partition. Throws `E_UNKNOWN_WORLD`,
 * `E_DAGMANAGER_UNAVAILABLE`, and `E_INVALID_REQUEST` for a hint with a control character.
 */
export async function findQueues(
  { dagManager, readings }: FindQueuesPorts,
  query: WorldTagQuery,
  { signal }: CallOptions,
): Promise<FoundQueues> {
  const { tags, interval, match_mode = 'any', world_id: worldId } = query
  const decision = await readings.decisions.read(worldId, { signal })
  const { world_id, execution_domain, as_of, partition } = deriveContext(worldId, decision, hintsOf(query))
  const context = {
    world_id: worldId,
    execution_domain,
    ...(as_of === null ? {} : { as_of }),
    ...(partition === null ? {} : { partition }),
  }
  try {
    const { body } = await dagManager.queuesByTag({ query: { tags, interval, match_mode, ...context } }, { signal })
    return { context: { world_id, execution_domain, as_of, partition }, queues: body.queues }
  } catch (cause) {
    if (!isServiceFailure(cause)) throw cause
    throw new QmtlError('E_DAGMANAGER_UNAVAILABLE', 'the DAG Manager lists no queues', { cause })
  }
}

function hintsOf({ execution_domain: word, as_of: asOf, partition }: WorldTagQuery) {
  const executionDomain = domainOfWord(word ?? '')
  return {
    ...(executionDomain === undefined ? {} : { executionDomain }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(partition === undefined ? {} : { partition }),
  }
}
