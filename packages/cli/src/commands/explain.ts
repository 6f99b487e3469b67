import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { strategyText, worldIdText } from '../command/ids.ts'
import { optional } from '../command/options.ts'

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'why a strategy is, or is not, trading: every gate, the first closed one named (exit 1 when not)',
  args: [{ name: '<strategy>', doc: 'id or name of a strategy' }],
  options: {
    worldId: optional('-w, --world <ID>', 'world to look at (default the first one it joined)', worldIdText),
    url: gatewayOption,
  },
  examples: ['qmtl explain golden-cross', 'qmtl explain golden-cross --world demo --json'],
  async run(context, { args: [text = ''], options: { url, worldId } }) {
    const strategy = strategyText(text, '<strategy>')
    const { openGateway } = await import('../client/open-gateway.ts')
    const { explainStrategy } = await import('../strategies/explain-strategy.ts')
    return explainStrategy({ strategy, worldId }, context, openGateway(context, { url }))
  },
})
