import { QmtlError, strategyIdSchema, suggestName, type StrategyStatus } from '@qmtl/contracts'
import { Value } from 'typebox/value'
import type { GatewayClient } from './gateway-client.ts'
import { pageSize, readPages } from './read-pages.ts'

/**
 * Every submitted strategy, oldest first, without plans; with a world only those bound to it. Throws `E_UNKNOWN_WORLD` for a
 * world that does not exist.
 */
export async function listStrategies(
  { strategies, worlds }: GatewayClient,
  worldId: string | undefined,
): Promise<readonly StrategyStatus[]> {
  const inWorld = worldId === undefined ? {} : { world_id: worldId }
  const listed = await readPages(async (after) => {
    const { body } = await strategies.listStrategies({ query: { ...inWorld, after, limit: pageSize } })
    return { entries: body.strategies, next_after: body.next_after }
  })
  // A list says nothing of whether its world exists.
  if (worldId !== undefined && listed.length === 0) await worlds.getWorld({ params: { world_id: worldId } })
  return listed
}

/** A strategy that a user named. */
export interface FoundStrategy {
  readonly strategyId: string
  readonly name: string
  /** Older submissions of the same name, newest first. */
  readonly older: readonly string[]
}

/**
 * Finds a strategy by its id or, failing that, by its name: the newest submission of that name, in the world if one is
 * given. Throws `E_UNKNOWN_STRATEGY` with the nearest known name.
 */
export async function findStrategy(
  gateway: GatewayClient,
  text: string,
  worldId: string | undefined,
): Promise<FoundStrategy> {
  return (await findById(gateway, text)) ?? findByName(await listStrategies(gateway, worldId), text, worldId)
}

async function findById({ strategies }: GatewayClient, text: string): Promise<FoundStrategy | undefined> {
  if (!Value.Check(strategyIdSchema, text)) return undefined
  try {
    const { body } = await strategies.status({ params: { strategy_id: text }, query: {} })
    return { strategyId: body.strategy_id, name: body.name, older: [] }
  } catch (thrown) {
    if (thrown instanceof QmtlError && thrown.code === 'E_UNKNOWN_STRATEGY') return undefined
    throw thrown
  }
}

/** The newest of a name among strategies listed oldest first. */
export function findByName(known: readonly StrategyStatus[], name: string, worldId: string | undefined): FoundStrategy {
  const [newest, ...older] = known.filter((strategy) => strategy.name === name).toReversed()
  if (newest) return { strategyId: newest.strategy_id, name, older: older.map(({ strategy_id }) => strategy_id) }
  const where = worldId === undefined ? '' : ` in world ${worldId}`
  const names = new Set(known.map((strategy) => strategy.name))
  const advice = names.size === 0 ? 'none was submitted yet' : suggestName(name, names)
  throw new QmtlError('E_UNKNOWN_STRATEGY', `no strategy '${name}'${where}; ${advice}`)
}
