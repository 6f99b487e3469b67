import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { worldIdText } from '../command/ids.ts'
import { anyText, defaulted, oneOf, optional } from '../command/options.ts'

export const worldEvaluateCommand = defineCommand({
  name: 'world evaluate',
  summary: 'judge every strategy of a world, gate by gate; changes nothing (exit 0 whatever the verdicts)',
  args: [{ name: '<world>', doc: 'id of the world' }],
  options: {
    policy: optional('--policy <FILE>', "try this policy in place of the world's own; it is not stored", anyText),
    stage: defaulted('--stage <STAGE>', 'evidence to judge by', 'backtest', oneOf(['backtest', 'paper', 'live'])),
    url: gatewayOption,
  },
  examples: ['qmtl world evaluate demo', 'qmtl world evaluate demo --policy stricter.yml --json'],
  async run(context, { args: [world = ''], options: { url, ...options } }) {
    const worldId = worldIdText(world, '<world>')
    const { openGateway } = await import('../client/open-gateway.ts')
    const { evaluateWorld } = await import('../worlds/evaluate-world.ts')
    return evaluateWorld({ ...options, worldId }, context, openGateway(context, { url }))
  },
})
