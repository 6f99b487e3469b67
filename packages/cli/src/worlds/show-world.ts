import type { GatewayClient } from '../client/gateway-client.ts'
import { strategyNames } from '../client/strategy-names.ts'
import type { CommandResult } from '../command/context.ts'
import { worldListText, worldText, type WorldOverview } from './world-text.ts'

/** All worlds, by id. */
export async function showWorlds({ worlds }: GatewayClient): Promise<CommandResult> {
  const { body } = await worlds.listWorlds({})
  return { json: body, text: (style) => worldListText(body.worlds, style) }
}

/** One world, with what it grants and its strategies. */
export async function showWorld(gateway: GatewayClient, worldId: string): Promise<CommandResult> {
  const request = { params: { world_id: worldId } }
  const { body: world } = await gateway.worlds.getWorld(request)
  const [decision, bindings, decisions, nameOf] = await Promise.all([
    gateway.worlds.decide(request),
    gateway.worlds.listBindings(request),
    gateway.worlds.getDecisions(request),
    strategyNames(gateway, worldId),
  ])
  const overview: WorldOverview = {
    world,
    decision: decision.body,
    strategies: bindings.body.strategies,
    active: decisions.body.strategies,
  }
  return { json: overview, text: (style) => worldText(overview, nameOf, style) }
}
