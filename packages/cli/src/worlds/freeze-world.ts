import type { GatewayClient } from '../client/gateway-client.ts'
import type { CommandResult } from '../command/context.ts'
import { freezeText, unfreezeText } from './freeze-text.ts'

export interface FreezeRequest {
  readonly worldId: string
  /** Kept in the audit. */
  readonly reason: string | undefined
}

/** Stops every order of a world; returns when no gate can be open any more. */
export async function freezeWorld({ worlds }: GatewayClient, request: FreezeRequest): Promise<CommandResult> {
  const { body } = await worlds.freeze(wireOf(request))
  return { json: body, text: (style) => freezeText(body, style), exitCode: body.frozen ? 0 : 1 }
}

/** Releases a frozen world under a new epoch. */
export async function unfreezeWorld({ worlds }: GatewayClient, request: FreezeRequest): Promise<CommandResult> {
  const { body } = await worlds.unfreeze(wireOf(request))
  return { json: body, text: (style) => unfreezeText(body, style), exitCode: body.frozen ? 1 : 0 }
}

function wireOf({ worldId, reason }: FreezeRequest): {
  readonly params: { readonly world_id: string }
  readonly body: { readonly reason?: string }
} {
  return { params: { world_id: worldId }, body: reason === undefined ? {} : { reason } }
}
