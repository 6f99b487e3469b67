import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { worldIdText } from '../command/ids.ts'
import { anyText, optional } from '../command/options.ts'

export const worldUnfreezeCommand = defineCommand({
  name: 'world unfreeze',
  summary: 'release a frozen world under a new epoch',
  args: [{ name: '<world>', doc: 'id of the world' }],
  options: {
    reason: optional('-r, --reason <TEXT>', 'why, for the audit', anyText),
    url: gatewayOption,
  },
  examples: ['qmtl world unfreeze demo'],
  async run(context, { args: [world = ''], options: { url, reason } }) {
    const worldId = worldIdText(world, '<world>')
    const { openGateway } = await import('../client/open-gateway.ts')
    const { unfreezeWorld } = await import('../worlds/freeze-world.ts')
    return unfreezeWorld(openGateway(context, { url }), { worldId, reason })
  },
})
