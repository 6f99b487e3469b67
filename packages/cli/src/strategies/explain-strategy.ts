import { findStrategy } from '../client/find-strategy.ts'
import type { GatewayClient } from '../client/gateway-client.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { explanationText } from './explanation-text.ts'

/** Says why a strategy is, or is not, trading; the answer is negative where it is not. */
export async function explainStrategy(
  { strategy, worldId }: { readonly strategy: string; readonly worldId: string | undefined },
  context: CommandContext,
  gateway: GatewayClient,
): Promise<CommandResult> {
  const { strategyId, name, older } = await findStrategy(gateway, strategy, worldId)
  const [first, ...more] = older
  if (first !== undefined) {
    const rest = more.length === 0 ? '' : ` and ${more.length} more`
    context.note(
      `${name} was submitted ${older.length + 1} times; this is the newest, ${strategyId} (before: ${first}${rest})`,
    )
  }
  const { body } = await gateway.strategies.explain({
    params: { strategy_id: strategyId },
    query: worldId === undefined ? {} : { world_id: worldId },
  })
  return { json: body, text: (style) => explanationText(body, name, style), exitCode: body.trading ? 0 : 1 }
}
