import { canonicalJson, QmtlError, type ComputeContext, type DecisionEnvelope } from '@qmtl/contracts'
import { deriveContext } from '../context/derive-context.ts'
import { storedJson } from '../database/stored-json.ts'
import type { ContextHints } from '../normalise/normalise-submission.ts'
import type { Reading } from '../worlds/reading-cache.ts'
import type { WorldReadings } from '../worlds/world-readings.ts'

/** What a world grants right now, or why that is not known. */
export type WorldGrant = { readonly decision: Reading<DecisionEnvelope> } | { readonly thrown: unknown }

/** Reads what worlds grant; a decision that is not fresh is none. */
export async function readGrants(
  { decisions }: Pick<WorldReadings, 'decisions'>,
  worldIds: readonly string[],
): Promise<ReadonlyMap<string, WorldGrant>> {
  const grants = [...new Set(worldIds)].map(async (worldId): Promise<readonly [string, WorldGrant]> => {
    try {
      const decision = await decisions.read(worldId, {})
      if (decision.kind === 'fresh') return [worldId, { decision }]
      return [worldId, { thrown: new QmtlError('E_UNAVAILABLE', `WorldService gives no decision of world ${worldId}`) }]
    } catch (thrown) {
      return [worldId, { thrown }]
    }
  })
  return new Map(await Promise.all(grants))
}

/** Canonical JSON of the context that a decision gives a strategy, by the hints of its row. */
export function contextIn(worldId: string, decision: Reading<DecisionEnvelope>, hints: string): string {
  return canonicalJson(deriveContext(worldId, decision, storedJson<ContextHints>(hints)))
}

/** True for the JSON of one and the same context. */
export function isContext(stored: string, canonical: string): boolean {
  return canonicalJson(storedJson<ComputeContext>(stored)) === canonical
}
