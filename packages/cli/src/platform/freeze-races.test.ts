import { setTimeout as sleep } from 'node:timers/promises'
import { QmtlError, type ActivationState, type OrderRequest } from '@qmtl/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDesk, type TestDesk } from '../testing/open-desk.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import type { Platform } from './open-platform.ts'

const params = { world_id: 'desk' }
const names = ['golden-cross', 'trend-rsi', 'fast-flip']
const temporary = temporaryDirectories()

/** What a call came to: its answer, or the code that it was refused with. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (thrown: unknown) => (thrown instanceof QmtlError ? thrown.code : String(thrown)),
  )
}

const idsOf = ({ submitted }: TestDesk) => submitted.map(({ strategy_id }) => strategy_id).toSorted()

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

let orders = 0

function orderOf(strategy_id: string, epoch: number): OrderRequest {
  orders += 1
  return {
    ...{ ...params, strategy_id, epoch, client_order_id: `race-${String(orders).padStart(8, '0')}` },
    ...{ instrument: 'BTC-USD.SIM', side: 'buy', quantity: '0.001', type: 'market', time_in_force: 'IOC' },
    ...{ bar_ts: '2023-06-01T00:00:00Z', reference_price: '30000' },
  }
}

/** Sends orders under the epoch of the moment, one after the other, until it is stopped; answers how many were taken. */
async function sendWithoutEnd(platform: Platform, strategyId: string, signal: AbortSignal): Promise<number> {
  let taken = 0
  while (!signal.aborted) {
    const { body: world } = await platform.worlds.getWorld({ params })
    const burst = Array.from({ length: 5 }, () => orderOf(strategyId, world.epoch))
    const codes = await Promise.all(burst.map((body) => codeOf(platform.gateway.placeOrder({ body }))))
    taken += codes.filter((code) => code === 'ok').length
    await nextTurn()
  }
  return taken
}

test('whatever is in flight in many strategies, nothing reaches the venue once freeze has returned', async () => {
  const desk = await openDesk(await temporary(), names)
  const { platform } = desk
  const stop = new AbortController()
  try {
    await platform.worlds.apply({ params, headers: {}, body: { run_id: 'go', plan: { activate: idsOf(desk) } } })
    const senders = Array.from({ length: 24 }, (_, index) =>
      sendWithoutEnd(platform, idsOf(desk)[index % names.length] ?? '', stop.signal),
    )
    const delays = fc.sample(fc.integer({ min: 0, max: 40 }), { numRuns: 25, seed: 11 })
    for (const delayMs of delays) {
      await sleep(delayMs)
      const { body: freeze } = await platform.worlds.freeze({ params, body: {} })
      const { submitted, accepted } = platform.venue.stats()
      expect(freeze.frozen).toBe(true)
      await sleep(25)
      expect(platform.venue.stats()).toMatchObject({ submitted, accepted })
      await platform.worlds.unfreeze({ params, body: {} })
    }
    stop.abort()
    const taken = (await Promise.all(senders)).reduce((sum, one) => sum + one, 0)
    expect(taken).toBeGreaterThan(100)
    await platform.settle()
    expect(platform.venue.stats().accepted).toBeGreaterThan(50)
  } finally {
    stop.abort()
    await platform.stop()
  }
}, 60_000)

function activeIn({ state }: ActivationState): readonly string[] {
  return Object.entries(state)
    .filter(([, { long, short }]) => long?.active === true || short?.active === true)
    .map(([id]) => id)
    .toSorted()
}

/** Looks at a world that is not frozen: its decisions and its activation are those of one apply. */
async function expectWhole(platform: Platform): Promise<void> {
  const { body: before } = await platform.worlds.getWorld({ params })
  const { body: decisions } = await platform.worlds.getDecisions({ params })
  const { body: activation } = await platform.worlds.getActivation({ params })
  const { body: after } = await platform.worlds.getWorld({ params })
  if (before.epoch !== after.epoch || after.frozen) return
  expect(activeIn(activation)).toEqual(decisions.strategies.toSorted())
}

const act = fc.record({
  kind: fc.constantFrom('apply', 'apply', 'freeze', 'unfreeze', 'breaker', 'restart'),
  delayMs: fc.integer({ min: 0, max: 6 }),
  mask: fc.integer({ min: 0, max: 7 }),
})

test('applies that race with freezes, breakers, orders and restarts leave each world whole', async () => {
  const directory = await temporary()
  let desk = await openDesk(directory, names)
  const ids = idsOf(desk)
  const running: Promise<string>[] = []
  const known: string[] = ['ok', 'E_APPLY_RUNNING', 'E_APPLY_FAILED', 'E_STOPPING', 'E_ORDER_BLOCKED', 'E_STALE_EPOCH']
  try {
    const acts = fc.sample(act, { numRuns: 120, seed: 5 })
    for (const [index, { kind, delayMs, mask }] of acts.entries()) {
      const { worlds, gateway } = desk.platform
      const { body: world } = await worlds.getWorld({ params })
      running.push(codeOf(gateway.placeOrder({ body: orderOf(ids[index % 3] ?? '', world.epoch) })))
      if (kind === 'apply') {
        const plan = {
          activate: ids.filter((_, bit) => (mask & (1 << bit)) !== 0),
          deactivate: ids.filter((_, bit) => (mask & (1 << bit)) === 0),
        }
        running.push(codeOf(worlds.apply({ params, headers: {}, body: { run_id: `race-${index}`, plan } })))
      }
      if (kind === 'freeze') running.push(codeOf(worlds.freeze({ params, body: {} })))
      if (kind === 'unfreeze') running.push(codeOf(worlds.unfreeze({ params, body: {} })))
      if (kind === 'breaker') {
        running.push(codeOf(worlds.updateWorld({ params, body: { circuit_breaker: !world.circuit_breaker } })))
      }
      await sleep(delayMs)
      await expectWhole(desk.platform)
      if (kind === 'restart' && index % 3 === 0) {
        await desk.platform.stop()
        desk = await openDesk(directory, [])
      }
    }
    for (const code of await Promise.all(running)) expect(known).toContain(code)
    await expectWhole(desk.platform)
    const { body: audit } = await desk.platform.worlds.audit({ params, query: { event: 'apply_stage', limit: 1000 } })
    const ends = new Map(audit.entries.map(({ data }) => [data['run_id'], data['stage']]))
    for (const stage of ends.values()) expect(['completed', 'rolled_back']).toContain(stage)
    expect([...ends.values()]).toContain('completed')
    const { body: open } = await desk.platform.gateway.listOrders({ query: { world_id: 'desk', open: true } })
    // What the venue took waits for a bar; nothing else is open.
    expect(open.orders.every(({ status }) => status === 'submitted')).toBe(true)
  } finally {
    await desk.platform.stop()
  }
}, 60_000)
