import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { worldIdText } from '../command/ids.ts'

export const worldShowCommand = defineCommand({
  name: 'world show',
  summary: 'one world: what it grants, its settings and its strategies',
  args: [{ name: '<world>', doc: 'id of the world' }],
  options: { url: gatewayOption },
  async run(context, { args: [world = ''], options: { url } }) {
    const worldId = worldIdText(world, '<world>')
    const { openGateway } = await import('../client/open-gateway.ts')
    const { showWorld } = await import('../worlds/show-world.ts')
    return showWorld(openGateway(context, { url }), worldId)
  },
})
