import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { worldIdText } from '../command/ids.ts'
import { anyText, optional } from '../command/options.ts'

export const worldFreezeCommand = defineCommand({
  name: 'world freeze',
  summary: 'stop every order of a world; returns when none can leave any more',
  args: [{ name: '<world>', doc: 'id of the world' }],
  options: {
    reason: optional('-r, --reason <TEXT>', 'why, for the audit', anyText),
    url: gatewayOption,
  },
  examples: ['qmtl world freeze demo --reason "odd fills since noon"'],
  async run(context, { args: [world = ''], options: { url, reason } }) {
    const worldId = worldIdText(world, '<world>')
    const { openGateway } = await import('../client/open-gateway.ts')
    const { freezeWorld } = await import('../worlds/freeze-world.ts')
    return freezeWorld(openGateway(context, { url }), { worldId, reason })
  },
})
