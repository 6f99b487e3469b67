import type { EvidenceStage } from '@qmtl/contracts'
import type { GatewayClient } from '../client/gateway-client.ts'
import { strategyNames } from '../client/strategy-names.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { readPolicyFile } from '../config/policy-file.ts'
import { evaluationText } from './evaluation-text.ts'

export interface EvaluateRequest {
  readonly worldId: string
  /** File of a policy to try in place of the world's own; it is not stored. */
  readonly policy: string | undefined
  readonly stage: EvidenceStage
}

/** Judges a world's strategies; changes nothing. That strategies fail is no failure of the command. */
export async function evaluateWorld(
  { worldId, policy: policyFile, stage }: EvaluateRequest,
  { cwd }: CommandContext,
  gateway: GatewayClient,
): Promise<CommandResult> {
  const policy = policyFile === undefined ? {} : { policy: await readPolicyFile(policyFile, cwd) }
  const { body } = await gateway.worlds.evaluate({ params: { world_id: worldId }, body: { stage, ...policy } })
  const nameOf = await strategyNames(gateway, worldId)
  return { json: body, text: (style) => evaluationText(body, { nameOf, policyFile }, style) }
}
