import { checkBalance, ledgerFillOf } from '@qmtl/brokerage'
import { formatInstant, sides, type Fill } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { openDesk, type TestDesk } from '../testing/open-desk.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import { createPace } from './pace.ts'
import { allFills } from './paper-trading.ts'
import { runWorldLoop } from './world-loop.ts'

const instants = 24 * 5
const params = { world_id: 'desk' }
const names = ['golden-cross', 'trend-rsi', 'fast-flip']
const temporary = temporaryDirectories()

type Interruption = 'none' | 'refresh' | 'restart'

/**
 * Trades `instants` bars under a weight. After every one the runner loads its world anew, as it does for a new binding;
 * or the whole process starts again, while no order is under way.
 */
async function fillsWith(interruption: Interruption, weight: number): Promise<readonly string[]> {
  const directory = await temporary()
  let desk = await openDesk(directory, names)
  try {
    await activate(desk, weight)
    let sinceRestart = 0
    for (let done = 0; done < instants; done += 1) {
      const { body } = await desk.platform.gateway.listOrders({ query: { world_id: 'desk', open: true } })
      if (interruption === 'restart' && body.orders.length === 0 && (sinceRestart += 1) % 10 === 0) {
        await desk.platform.stop()
        desk = await openDesk(directory, names)
        await desk.platform.runnerOf('desk').refresh({})
      }
      if (interruption === 'refresh') await desk.platform.runnerOf('desk').refresh({})
      await work(desk, 1)
    }
    const nameOf = new Map(desk.submitted.map(({ strategy_id, name }) => [strategy_id, name]))
    const fills = await allFills(desk.platform.gateway, 'desk')
    return fills.map((fill) => shown(fill, nameOf.get(fill.strategy_id) ?? '')).toSorted()
  } finally {
    await desk.platform.stop()
  }
}

async function activate({ platform, submitted }: TestDesk, weight: number): Promise<void> {
  const runner = platform.runnerOf('desk')
  await runner.refresh({})
  await runner.gatherEvidence({})
  const plan = { activate: submitted.map(({ strategy_id }) => strategy_id) }
  await platform.worlds.apply({ params, headers: {}, body: { run_id: 'go', plan } })
  const { body: activation } = await platform.worlds.getActivation({ params })
  for (const [strategy_id, held] of Object.entries(activation.state)) {
    for (const side of sides.filter((one) => held[one] !== undefined)) {
      await platform.worlds.putActivation({ params, headers: {}, body: { strategy_id, side, active: true, weight } })
    }
  }
}

async function work({ platform }: TestDesk, most: number): Promise<void> {
  const pace = createPace(undefined, () => 0)
  const ports = { platform, runner: platform.runnerOf('desk'), pace, onStep: () => undefined }
  await runWorldLoop(ports, { signal: new AbortController().signal, most })
}

function shown({ filled_at, side, quantity, price }: Fill, name: string): string {
  return `${filled_at} ${name} ${side} ${quantity} at ${price}`
}

test('a fill of an order that the runner did not send is in its book after the next bar', async () => {
  const desk = await openDesk(await temporary(), ['golden-cross'])
  const { platform, market, submitted } = desk
  try {
    await activate(desk, 1)
    const { body: world } = await platform.worlds.getWorld({ params })
    const strategy_id = submitted[0]?.strategy_id ?? ''
    await work(desk, 30)
    const worked = formatInstant(platform.runnerOf('desk').workedThroughMs())
    const sent = { ...params, strategy_id, epoch: world.epoch, bar_ts: worked, client_order_id: 'by-hand-1' }
    const order = { type: 'market', time_in_force: 'IOC', quantity: '0.001', reference_price: '30000' } as const
    const traded = { instrument: 'BTC-USD.SIM', side: 'buy' } as const
    await platform.gateway.placeOrder({ body: { ...sent, ...order, ...traded } })
    await work(desk, 2)
    const fills = await allFills(platform.gateway, 'desk')
    expect(fills.some(({ client_order_id }) => client_order_id === 'by-hand-1')).toBe(true)
    const books = platform.runnerOf('desk').books()
    const ledger = fills.map((fill) => ledgerFillOf(fill, market.instrument(fill.instrument)))
    expect(checkBalance(books, new Map([[strategy_id, ledger]])).balanced).toBe(true)
  } finally {
    await platform.stop()
  }
}, 30_000)

test.each([
  ['half a share', 0.5],
  ['a whole share', 1],
])(
  'a runner that loads its world anew, orders under way and all, fills like one that never did: %s of its targets',
  async (_, weight) => {
    const straight = await fillsWith('none', weight)
    expect(straight.length).toBeGreaterThan(10)
    expect(await fillsWith('refresh', weight)).toEqual(straight)
    expect(await fillsWith('restart', weight)).toEqual(straight)
  },
  60_000,
)
