import type { PolicyVersion } from '@qmtl/contracts'
import type { GatewayClient } from '../client/gateway-client.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { readPolicyFile } from '../config/policy-file.ts'
import type { Style } from '../output/style.ts'
import { policyListText, policyRules } from './policy-text.ts'

/** The policy versions of a world. */
export async function listPolicies({ worlds }: GatewayClient, worldId: string): Promise<CommandResult> {
  const { body } = await worlds.listPolicies({ params: { world_id: worldId } })
  return { json: body, text: (style) => policyListText(worldId, body.policies, style) }
}

/** Adds the policy of a file as a new version; the first one of a world is its default at once. */
export async function addPolicy(
  { worldId, file }: { readonly worldId: string; readonly file: string },
  { cwd }: CommandContext,
  { worlds }: GatewayClient,
): Promise<CommandResult> {
  const policy = await readPolicyFile(file, cwd)
  const { body } = await worlds.addPolicy({ params: { world_id: worldId }, body: { policy } })
  return { json: body, text: (style) => changedText(body, style) }
}

/** Makes a version the default. */
export async function setDefaultPolicy(
  { worlds }: GatewayClient,
  worldId: string,
  version: number,
): Promise<CommandResult> {
  const { body } = await worlds.setDefaultPolicy({ params: { world_id: worldId }, body: { version } })
  return { json: body, text: (style) => changedText(body, style) }
}

function changedText(changed: PolicyVersion, style: Style): string {
  const { world_id, version, status } = changed
  const role =
    status === 'ACTIVE'
      ? 'is the default'
      : `is stored; make it the default: qmtl world policy ${world_id} --set-default ${version}`
  return `${style.good('✓')} policy ${version} of world ${world_id} ${role}\n${policyRules(changed, style)}`
}
