import { describeVenue, type VenueBench } from '@qmtl/brokerage/testing'
import { realityModels } from '@qmtl/brokerage'
import {
  decimal,
  gateLeaseMs,
  QmtlError,
  type ActivationEntry,
  type Fill,
  type GateClient,
  type GateLease,
  type Order,
} from '@qmtl/contracts'
import { createFakeClock } from '@qmtl/contracts/testing'
import { defineInstrument, type Bar } from '@qmtl/market'
import { expect, test } from 'vitest'
import { createPaperVenue, type PaperVenue } from './paper-venue.ts'

const hourMs = 3_600_000
const startMs = Date.parse('2024-01-01T00:00:00Z')
const instrument = defineInstrument('BTC-USD.SIM')
const entry: ActivationEntry = {
  active: true,
  weight: 1,
  freeze: false,
  drain: false,
  effective_mode: 'paper',
  run_id: 'r',
  ts: '2024-01-01T00:00:00Z',
  etag: 'e',
}

/** A world that grants leases as the test says. */
function paperBench(): VenueBench & { readonly venue: PaperVenue; bar(open: number, close: number): void } {
  const clock = createFakeClock()
  let state: { readonly epoch: number; readonly granted: boolean } | undefined
  const worlds: GateClient = {
    leaseGate: async ({ params }) => {
      if (!state) throw new QmtlError('E_UNAVAILABLE', 'no world')
      const activation = { version: 1, state: { s: { long: entry, short: entry } } }
      const lease: GateLease = {
        ...params,
        ...state,
        reason: state.granted ? null : 'world_frozen',
        domain: 'dryrun',
        activation,
        lease_ms: gateLeaseMs,
      }
      return { status: 200, body: lease }
    },
    acknowledgeGate: async () => ({ status: 200, body: {} }),
    releaseGate: async () => ({ status: 200, body: {} }),
  }
  const venue = createPaperVenue('SIM', {
    worlds,
    clock,
    termsOf: async () => ({
      models: realityModels({ feeBps: 10 }),
      cash: decimal(1000),
      instrumentOf: () => instrument,
    }),
  })
  let step = 0
  const bar = (open: number, close: number) => {
    step += 1
    const high = Math.max(open, close)
    const low = Math.min(open, close)
    venue.onBar('w', 'BTC-USD.SIM', {
      openTimeMs: startMs + step * hourMs,
      open,
      high,
      low,
      close,
      volume: 1,
    } satisfies Bar)
  }
  return {
    venue,
    bar,
    open(epoch) {
      state = { epoch, granted: true }
      clock.advance(1_000)
    },
    async freeze(epoch) {
      state = { epoch, granted: false }
      await venue.close('w', epoch, {})
    },
    loseWorld(ms) {
      state = undefined
      clock.advance(ms)
    },
    move: () => bar(100, 101),
  }
}

describeVenue('of paper', paperBench)

const order: Order = {
  client_order_id: 'q0000001',
  world_id: 'w',
  strategy_id: 's',
  instrument: 'BTC-USD.SIM',
  side: 'buy',
  quantity: '2',
  type: 'market',
  time_in_force: 'GTC',
  epoch: 1,
  bar_ts: '2024-01-01T00:00:00Z',
  reference_price: '100',
  order_id: 'o1',
  status: 'new',
  filled_quantity: '0',
  created_at: '2024-01-01T01:00:00Z',
  updated_at: '2024-01-01T01:00:00Z',
}

async function firstReports(venue: PaperVenue, count: number) {
  const taken = []
  for await (const report of venue.reports({})) {
    taken.push(report)
    if (taken.length === count) break
  }
  return taken
}

async function firstReport(venue: PaperVenue) {
  const [report] = await firstReports(venue, 1)
  return report
}

test('a market order fills at the open of the next bar with the fee of the world, never on the bar it was decided on', async () => {
  const { venue, open, bar } = paperBench()
  open(1)
  venue.onBar('w', 'BTC-USD.SIM', { openTimeMs: startMs, open: 90, high: 90, low: 90, close: 90, volume: 1 })
  await venue.submit(order, {})
  venue.onBar('w', 'BTC-USD.SIM', { openTimeMs: startMs, open: 90, high: 90, low: 90, close: 90, volume: 1 })
  expect(venue.stats().fills).toBe(0)
  bar(100, 105)
  expect(await firstReport(venue)).toMatchObject({
    fill: {
      price: '100',
      quantity: '2',
      fee: '0.2',
      fee_currency: 'USD',
      filled_at: '2024-01-01T01:00:00Z',
      liquidity: 'taker',
    },
  })
})

test('an order beyond the funds of its book is cut to what they pay and its rest ends', async () => {
  const { venue, open, bar } = paperBench()
  open(1)
  await venue.submit({ ...order, quantity: '20' }, {})
  bar(100, 100)
  const [filled, ended] = await firstReports(venue, 2)
  expect(filled?.kind === 'filled' && Number(filled.fill.quantity)).toBeLessThan(10)
  expect(ended).toMatchObject({ kind: 'ended', status: 'canceled', code: 'E_INSUFFICIENT_FUNDS' })
})

test('books are rebuilt from recorded fills: a reducing order meets the position of before', async () => {
  const { venue, open, bar } = paperBench()
  const fill: Fill = {
    ...{ fill_id: 'o0-1', order_id: 'o0', client_order_id: 'q0000000', world_id: 'w', strategy_id: 's' },
    ...{ instrument: 'BTC-USD.SIM', side: 'buy', quantity: '1.5', price: '100', fee: '0', fee_currency: 'USD' },
    ...{
      liquidity: 'taker',
      sequence: 1,
      venue: 'SIM',
      filled_at: '2024-01-01T00:00:00Z',
      received_at: '2024-01-01T00:00:00Z',
    },
  }
  await venue.restore([fill], {})
  open(1)
  await venue.submit({ ...order, side: 'sell', quantity: '2', reduce_only: true }, {})
  bar(100, 100)
  expect(await firstReport(venue)).toMatchObject({ fill: { side: 'sell', quantity: '1.5' } })
})

test.each([
  ['a type it does not offer', { type: 'limit' as const, limit_price: '99' }, 'E_VENUE_REFUSED'],
  ['an epoch of before', { epoch: 0 }, 'E_STALE_EPOCH'],
])('%s is refused', async (_, change, code) => {
  const { venue, open } = paperBench()
  open(1)
  expect(await venue.submit({ ...order, ...change }, {})).toMatchObject({ outcome: 'refused', code })
})

const flatBar = (openTimeMs: number, price: number): Bar => {
  return { openTimeMs, open: price, high: price, low: price, close: price, volume: 1 }
}

test('a bar of one world fills no order of another: each world has its own market and its own time', async () => {
  const { venue, open, bar } = paperBench()
  open(1)
  await venue.submit(order, {})
  venue.onBar('v', 'BTC-USD.SIM', flatBar(startMs + 100 * hourMs, 7))
  expect(venue.stats().fills).toBe(0)
  bar(100, 100)
  expect(await firstReport(venue)).toMatchObject({ fill: { price: '100' } })
})

test('two worlds may give their orders the same id', async () => {
  const { venue, open } = paperBench()
  open(1)
  expect(await venue.submit(order, {})).toMatchObject({ outcome: 'accepted' })
  expect(await venue.submit({ ...order, world_id: 'v' }, {})).toMatchObject({ outcome: 'accepted' })
  expect(await venue.cancel({ world_id: 'v', client_order_id: order.client_order_id }, {})).toMatchObject({
    outcome: 'accepted',
  })
  expect(await venue.cancel({ world_id: 'w', client_order_id: order.client_order_id }, {})).toMatchObject({
    outcome: 'accepted',
  })
})

test('a bar that comes again does not fill what was decided after it, on whatever interval', async () => {
  const { venue, open } = paperBench()
  open(1)
  const seen = flatBar(startMs + 3 * hourMs, 100)
  venue.onBar('w', 'BTC-USD.SIM', seen)
  // Decided at the close of a bar of four hours.
  await venue.submit(order, {})
  venue.onBar('w', 'BTC-USD.SIM', seen)
  expect(venue.stats().fills).toBe(0)
  venue.onBar('w', 'BTC-USD.SIM', flatBar(startMs + 4 * hourMs, 101))
  expect(await firstReport(venue)).toMatchObject({ fill: { price: '101' } })
})

test('of orders long answered only the latest ten thousand are remembered, and all that wait', async () => {
  const { venue, open, bar } = paperBench()
  open(1)
  const nth = (index: number): Order => ({ ...order, quantity: '0.00001', client_order_id: `n${1e7 + index}` })
  for (let index = 0; index < 9_999; index += 1) await venue.submit(nth(index), {})
  bar(100, 100)
  for (let index = 9_999; index < 20_000; index += 1) await venue.submit(nth(index), {})
  const repeated = async (index: number) => (await venue.submit({ ...nth(index), quantity: '0.00002' }, {})).outcome
  expect(await repeated(0)).toBe('accepted')
  expect(await repeated(9_999)).toBe('refused')
  expect(await repeated(19_999)).toBe('refused')
})
