import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { worldIdText } from '../command/ids.ts'
import { Misuse } from '../command/misuse.ts'
import { anyText, optional, wholeBetween } from '../command/options.ts'

export const worldPolicyCommand = defineCommand({
  name: 'world policy',
  summary: 'list the policy versions of a world, add one, or choose the default',
  args: [{ name: '<world>', doc: 'id of the world' }],
  options: {
    file: optional('-f, --file <FILE>', 'policy file to add as a new version', anyText),
    version: optional('--set-default <N>', 'version to make the default', wholeBetween(1, Number.MAX_SAFE_INTEGER)),
    url: gatewayOption,
  },
  examples: [
    'qmtl world policy demo',
    'qmtl world policy demo --file policy.yml',
    'qmtl world policy demo --set-default 2',
  ],
  async run(context, { args: [world = ''], options: { file, version, url } }) {
    const worldId = worldIdText(world, '<world>')
    if (file !== undefined && version !== undefined) throw new Misuse('--set-default', '', 'does not go with --file')
    const { openGateway } = await import('../client/open-gateway.ts')
    const { addPolicy, listPolicies, setDefaultPolicy } = await import('../worlds/world-policy.ts')
    const gateway = openGateway(context, { url })
    if (file !== undefined) return addPolicy({ worldId, file }, context, gateway)
    return version === undefined ? listPolicies(gateway, worldId) : setDefaultPolicy(gateway, worldId, version)
  },
})
