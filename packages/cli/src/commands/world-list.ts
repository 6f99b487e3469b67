import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'

export const worldListCommand = defineCommand({
  name: 'world list',
  summary: 'all worlds: state, domain, policy, epoch, data',
  options: { url: gatewayOption },
  async run(context, { options: { url } }) {
    const { openGateway } = await import('../client/open-gateway.ts')
    const { showWorlds } = await import('../worlds/show-world.ts')
    return showWorlds(openGateway(context, { url }))
  },
})
