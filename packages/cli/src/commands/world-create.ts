import { instantText } from '../backtest/readers.ts'
import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { worldIdText } from '../command/ids.ts'
import { anyText, decimalBetween, optional, toggle } from '../command/options.ts'

const mostCash = 1e15
const mostBps = 10_000

export const worldCreateCommand = defineCommand({
  name: 'world create',
  summary: 'create a world from a file, from flags, or both (flags go first)',
  args: [{ name: '[world]', doc: 'id of the world; that of the file unless given' }],
  options: {
    file: optional('-f, --file <FILE>', 'world file, such as worlds/demo.yml', anyText),
    preset: optional('--preset <NAME>', 'data preset of the configuration (synthetic)', anyText),
    asOf: optional('--as-of <TIME>', 'snapshot: bars count that closed until then', instantText),
    historyStart: optional('--history-start <TIME>', 'first bar that counts', instantText),
    policy: optional('--policy <FILE>', 'policy file to start with', anyText),
    name: optional('--name <TEXT>', 'title', anyText),
    cash: optional('--cash <AMOUNT>', "cash of each strategy's book", decimalBetween(0, mostCash)),
    feeBps: optional('--fee-bps <BPS>', 'fee of each fill in basis points', decimalBetween(0, mostBps)),
    slippageBps: optional('--slippage-bps <BPS>', 'price paid worse by', decimalBetween(0, mostBps)),
    maxOrder: optional('--max-order-notional <AMOUNT>', 'largest order in quote currency', decimalBetween(0, mostCash)),
    allowLive: toggle('--allow-live', 'live trading may be applied'),
    url: gatewayOption,
  },
  examples: [
    'qmtl world create --file worlds/demo.yml',
    'qmtl world create lab --as-of 2024-01-01 --history-start 2023-01-01 --policy policy.yml',
  ],
  async run(context, { args: [world], options: { url, ...options } }) {
    const worldId = world === undefined ? undefined : worldIdText(world, '<world>')
    const { openGateway } = await import('../client/open-gateway.ts')
    const { createWorld } = await import('../worlds/create-world.ts')
    const { name, cash, feeBps, slippageBps, maxOrder, allowLive, ...rest } = options
    const settings = {
      ...(name === undefined ? {} : { name }),
      ...(cash === undefined ? {} : { strategy_cash: cash }),
      ...(feeBps === undefined ? {} : { fee_bps: Number(feeBps) }),
      ...(slippageBps === undefined ? {} : { slippage_bps: Number(slippageBps) }),
      ...(maxOrder === undefined ? {} : { max_order_notional: maxOrder }),
      ...(allowLive ? { allow_live: true } : {}),
    }
    return createWorld({ ...rest, worldId, settings }, context, openGateway(context, { url }))
  },
})
