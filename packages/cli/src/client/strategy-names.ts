import type { StrategyStatus } from '@qmtl/contracts'
import { listStrategies } from './find-strategy.ts'
import type { GatewayClient } from './gateway-client.ts'

/** How a strategy is called in text. */
export type NameOf = (strategyId: string) => string

/** The names of a world's strategies. */
export async function strategyNames(gateway: GatewayClient, worldId: string): Promise<NameOf> {
  return namesOf(await listStrategies(gateway, worldId))
}

const tail = 4

/** Names; strategies that share one are told apart by the end of their ids. An unknown id stands for itself. */
export function namesOf(strategies: readonly Pick<StrategyStatus, 'strategy_id' | 'name'>[]): NameOf {
  const counts = new Map<string, number>()
  for (const { name } of strategies) counts.set(name, (counts.get(name) ?? 0) + 1)
  const names = new Map(
    strategies.map(({ strategy_id, name }) => [
      strategy_id,
      counts.get(name) === 1 ? name : `${name}~${strategy_id.slice(-tail)}`,
    ]),
  )
  return (strategyId) => names.get(strategyId) ?? strategyId
}
