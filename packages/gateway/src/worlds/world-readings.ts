import {
  decisionEnvelopeSchema,
  durationMs,
  worldSchema,
  type Client,
  type Clock,
  type DecisionEnvelope,
  type World,
  type worldRoutes,
} from '@qmtl/contracts'
import { Compile } from 'typebox/compile'
import { createReadingCache, type ReadingCache } from './reading-cache.ts'

/** What the Gateway keeps copies of: the decisions and the settings of worlds. */
export interface WorldReadings {
  /** Kept for the decision's time to live. */
  readonly decisions: ReadingCache<DecisionEnvelope>
  /** Kept for a second: a limit that was lowered holds for the orders after it. */
  readonly worlds: ReadingCache<World>
  /** Something in a world has changed: the next readers ask again. */
  forget(worldId: string): void
  /** Anything may have changed. */
  forgetAll(): void
}

const worldTtlMs = 1_000
const decisionValidator = Compile(decisionEnvelopeSchema)
const worldValidator = Compile(worldSchema)

/** An answer that is malformed, or about another world, counts as none. */
export function createWorldReadings(
  worlds: Pick<Client<typeof worldRoutes>, 'decide' | 'getWorld'>,
  clock: Clock,
): WorldReadings {
  const decisions = createReadingCache<DecisionEnvelope>({
    clock,
    ttlMs: ({ ttl }) => durationMs(ttl),
    async ask(worldId) {
      const { body } = await worlds.decide({ params: { world_id: worldId } })
      return decisionValidator.Check(body) && body.world_id === worldId ? body : undefined
    },
  })
  const settings = createReadingCache<World>({
    clock,
    ttlMs: () => worldTtlMs,
    async ask(worldId) {
      const { body } = await worlds.getWorld({ params: { world_id: worldId } })
      return worldValidator.Check(body) && body.world_id === worldId ? body : undefined
    },
  })
  return {
    decisions,
    worlds: settings,
    forget(worldId) {
      decisions.forget(worldId)
      settings.forget(worldId)
    },
    forgetAll() {
      decisions.forgetAll()
      settings.forgetAll()
    },
  }
}
