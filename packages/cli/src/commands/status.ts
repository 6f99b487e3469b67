import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { strategyText, worldIdText } from '../command/ids.ts'
import { defaulted, optional, wholeBetween } from '../command/options.ts'

const longestWaitMs = 60_000
const mostStrategies = 10_000

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'where submitted strategies stand, with their plans',
  args: [{ name: '[strategy]', doc: 'id or name of one strategy; all unless given' }],
  options: {
    worldId: optional('-w, --world <ID>', 'only strategies of a world', worldIdText),
    limit: defaulted('-n, --limit <N>', 'newest strategies to list', '50', wholeBetween(1, mostStrategies)),
    waitMs: defaulted('--wait <MS>', 'wait for the plan of one strategy', '0', wholeBetween(0, longestWaitMs)),
    url: gatewayOption,
  },
  examples: ['qmtl status', 'qmtl status golden-cross --wait 5000', 'qmtl status --world demo --json'],
  async run(context, { args: [strategy], options: { url, ...options } }) {
    const named = strategy === undefined ? undefined : strategyText(strategy, '<strategy>')
    const { openGateway } = await import('../client/open-gateway.ts')
    const { showStatus, showStatuses } = await import('../strategies/show-status.ts')
    const gateway = openGateway(context, { url, waitMs: options.waitMs })
    return named === undefined ? showStatuses(gateway, options) : showStatus(gateway, { ...options, strategy: named })
  },
})
