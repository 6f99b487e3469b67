import {
  isJsonObject,
  type Client,
  type ComputeContext,
  type Dag,
  type DecisionEnvelope,
  type dagManagerRoutes,
  type worldRoutes,
} from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import { deriveContext } from '../context/derive-context.ts'
import { storedJson } from '../database/stored-json.ts'
import type { Reading } from '../worlds/reading-cache.ts'
import type { WorldReadings } from '../worlds/world-readings.ts'
import type { SubmissionRecord, SubmissionRepository } from './submission-repository.ts'
import type { WorkQueue } from './work-queue.ts'

export interface ReplannerPorts {
  readonly submissions: Pick<SubmissionRepository, 'list'>
  readonly queue: Pick<WorkQueue, 'dagsOf'>
  readonly readings: Pick<WorldReadings, 'decisions'>
  readonly dagManager: Pick<Client<typeof dagManagerRoutes>, 'diff'>
  readonly worlds: Pick<Client<typeof worldRoutes>, 'listWorlds'>
  readonly log: Logger
}

/**
 * Plans a world's strategies anew when what it grants has changed: their nodes run in another domain then, and are bound
 * there. A plan of the same context is found, not made again, so doing it twice changes nothing.
 */
export interface Replanner {
  /** Looks once at every world that an apply has switched: a crash may have come between the switch and the plans. */
  start(): void
  /** Says that a world may compute in another context now. Returns at once; worlds are worked on one after the other. */
  request(worldId: string): void
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>
  /** Ends after the batch under way; idempotent. */
  stop(): Promise<void>
}

const batchSize = 64

export function createReplanner(ports: ReplannerPorts): Replanner {
  const due = new Set<string>()
  let isStopped = false
  let working: Promise<void> = Promise.resolve()

  async function work(): Promise<void> {
    for (const worldId of due) {
      due.delete(worldId)
      if (isStopped) return
      try {
        await replanWorld(ports, worldId, () => isStopped)
      } catch (error) {
        // The strategies keep the plans they have; the next change of the world, or a restart, plans them anew.
        ports.log.warn('replan-failed', { world_id: worldId, error })
      }
    }
  }

  function request(worldId: string): void {
    if (isStopped || due.has(worldId)) return
    due.add(worldId)
    working = working.then(work)
  }

  async function requestSwitched(): Promise<void> {
    try {
      const { body } = await ports.worlds.listWorlds({})
      for (const world of body.worlds) if (world.current_domain !== null && !world.frozen) request(world.world_id)
    } catch (error) {
      ports.log.warn('replan-failed', { error })
    }
  }

  return {
    start: () => void requestSwitched(),
    request,
    idle: () => working,
    async stop() {
      isStopped = true
      await working
    },
  }
}

async function replanWorld(ports: ReplannerPorts, worldId: string, isStopped: () => boolean): Promise<void> {
  const decision = await ports.readings.decisions.read(worldId, {})
  if (decision.kind !== 'fresh') return
  for (let after = 0; !isStopped();) {
    const records = await ports.submissions.list({ worldId, after, limit: batchSize })
    const last = records.at(-1)
    if (last === undefined) return
    after = last.position
    await replanBatch(
      ports,
      records.filter((record) => record.status === 'completed' && record.world_ids[0] === worldId),
      {
        worldId,
        decision,
      },
    )
  }
}

async function replanBatch(
  { queue, dagManager, log }: ReplannerPorts,
  records: readonly SubmissionRecord[],
  { worldId, decision }: { readonly worldId: string; readonly decision: Reading<DecisionEnvelope> },
): Promise<void> {
  const texts = await queue.dagsOf(records.map((record) => record.strategy_id))
  await Promise.all(
    records.map(async ({ strategy_id, context: stored }) => {
      const dag = storedJson<Dag>(texts.get(strategy_id) ?? 'null')
      if (!isJsonObject(dag)) return
      const context = deriveContext(worldId, decision, hintsOf(storedJson<ComputeContext>(stored)))
      try {
        await dagManager.diff({ body: { strategy_id, dag, context } })
      } catch (error) {
        log.warn('replan-failed', { world_id: worldId, strategy_id, error })
      }
    }),
  )
}

/** What the client asked for when it submitted and the decision leaves open. */
function hintsOf({ partition, dataset_fingerprint: fingerprint }: ComputeContext) {
  return {
    ...(partition === null ? {} : { partition }),
    ...(fingerprint === null ? {} : { datasetFingerprint: fingerprint }),
  }
}
