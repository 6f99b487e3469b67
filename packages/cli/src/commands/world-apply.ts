import { instantText } from '../backtest/readers.ts'
import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { runIdText, strategyText, worldIdText } from '../command/ids.ts'
import { Misuse } from '../command/misuse.ts'
import { oneOf, optional, repeated, toggle } from '../command/options.ts'

/** An apply waits for gates and, on the way, for the database; far longer than both. */
const waitMs = 30_000

export const worldApplyCommand = defineCommand({
  name: 'world apply',
  summary: 'promote what the policy chose: freeze, switch, unfreeze (exit 1 when rolled back)',
  args: [{ name: '<world>', doc: 'id of the world' }],
  options: {
    runId: optional('--run-id <ID>', 'id of this apply; repeating one applies it only once', runIdText),
    activate: repeated('--activate <STRATEGY>', 'by hand: make active, beside those that are; repeat', strategyText),
    deactivate: repeated('--deactivate <STRATEGY>', 'by hand: end the activation; repeat', strategyText),
    domain: optional(
      '--domain <DOMAIN>',
      'where the world is to run (dryrun, which is paper trading)',
      oneOf(['backtest', 'dryrun', 'shadow', 'live']),
    ),
    asOf: optional('--as-of <TIME>', 'move the snapshot of the data', instantText),
    isLiveMeant: toggle('--allow-live', 'confirm that live trading is meant'),
    url: gatewayOption,
  },
  examples: ['qmtl world apply demo', 'qmtl world apply demo --deactivate golden-cross --run-id r-2024-04-02'],
  async run(context, { args: [world = ''], options: { url, ...options } }) {
    const worldId = worldIdText(world, '<world>')
    if (options.domain === 'live' && !options.isLiveMeant) {
      throw new Misuse('--domain live', '', 'trades real money: confirm it with --allow-live')
    }
    const { openGateway } = await import('../client/open-gateway.ts')
    const { applyWorld } = await import('../worlds/apply-world.ts')
    return applyWorld({ ...options, worldId }, context, openGateway(context, { url, waitMs }))
  },
})
