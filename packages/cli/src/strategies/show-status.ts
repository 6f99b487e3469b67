import type { StrategyStatus } from '@qmtl/contracts'
import { findStrategy, listStrategies } from '../client/find-strategy.ts'
import type { GatewayClient } from '../client/gateway-client.ts'
import type { CommandResult } from '../command/context.ts'
import { statusListText, statusText } from './status-text.ts'

/** One strategy by id or name, waiting at most `waitMs` for the end of the work on it. Negative where that failed. */
export async function showStatus(
  gateway: GatewayClient,
  {
    strategy,
    worldId,
    waitMs,
  }: { readonly strategy: string; readonly worldId: string | undefined; readonly waitMs: number },
): Promise<CommandResult> {
  const { strategyId } = await findStrategy(gateway, strategy, worldId)
  const status = await readStatus(gateway, strategyId, waitMs)
  return {
    json: status,
    text: (style) => statusText(status, style),
    exitCode: status.status === 'failed' ? 1 : 0,
  }
}

/** The newest strategies, oldest of them first, each with its plan. */
export async function showStatuses(
  gateway: GatewayClient,
  { worldId, limit }: { readonly worldId: string | undefined; readonly limit: number },
): Promise<CommandResult> {
  const all = await listStrategies(gateway, worldId)
  const strategies: StrategyStatus[] = []
  const newest = all.slice(-limit)
  for (let start = 0; start < newest.length; start += atOnce) {
    const some = newest.slice(start, start + atOnce)
    strategies.push(...(await Promise.all(some.map(({ strategy_id }) => readStatus(gateway, strategy_id, 0)))))
  }
  const document = { strategies, total: all.length }
  return { json: document, text: (style) => statusListText(strategies, { total: all.length, worldId }, style) }
}

/** Lists come without plans; these are read one by one, so many at a time. */
const atOnce = 20

async function readStatus({ strategies }: GatewayClient, strategyId: string, waitMs: number): Promise<StrategyStatus> {
  const { body } = await strategies.status({ params: { strategy_id: strategyId }, query: { wait_ms: waitMs } })
  return body
}
