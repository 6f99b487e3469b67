import type { VenueFill } from '@qmtl/brokerage'
import { decimalText } from '@qmtl/contracts'
import { migrate, type Database } from '@qmtl/service-kit'
import { describeOnEveryDatabase } from '@qmtl/service-kit/testing'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { gatewayMigrations } from '../database/migrations.ts'
import type { GatewayTables } from '../database/tables.ts'
import { sampleFill, sampleOrder } from '../testing/order-samples.ts'
import { createOrderRepository, type NewOrder } from './order-repository.ts'
import { createRefusalRepository } from './refusal-repository.ts'
import { createRejectedReportRepository } from './rejected-report-repository.ts'

const nowMs = Date.parse('2024-01-01T00:00:01Z')
const newOrder = (orderId: string, change: Parameters<typeof sampleOrder>[0] = {}): NewOrder => ({
  orderId,
  venue: 'SIM',
  domain: 'dryrun',
  instance: 'a',
  request: sampleOrder(change),
  nowMs,
})

describeOnEveryDatabase('orders and fills', (open) => {
  async function setUp() {
    const database: Database<GatewayTables> = await open<GatewayTables>()
    await migrate(database, gatewayMigrations)
    const orders = createOrderRepository(database)
    return {
      orders,
      refusals: createRefusalRepository(database),
      rejected: createRejectedReportRepository(database),
      record: (fill: VenueFill, domain: 'dryrun' | 'live' = 'dryrun') => orders.recordFill({ fill, domain }, nowMs),
      database,
    }
  }

  describe('an order', () => {
    test('is recorded as new and found by its client_order_id within its world', async () => {
      const { orders } = await setUp()
      const [result] = await orders.place([newOrder('o1')])
      const order = {
        ...sampleOrder(),
        order_id: 'o1',
        status: 'new',
        filled_quantity: '0',
        venue: 'SIM',
        created_at: '2024-01-01T00:00:01Z',
        updated_at: '2024-01-01T00:00:01Z',
      }
      expect(result).toEqual({ outcome: 'placed', order })
      expect(await orders.find('w1', 'q0000001')).toEqual(order)
      expect(await orders.find('w2', 'q0000001')).toBeUndefined()
    })
    test('sent again is the same order, also under a later epoch', async () => {
      const { orders } = await setUp()
      await orders.place([newOrder('o1')])
      expect(await orders.place([newOrder('o2'), newOrder('o3', { epoch: 6 })])).toMatchObject([
        { outcome: 'known', order: { order_id: 'o1', epoch: 4 } },
        { outcome: 'known', order: { order_id: 'o1' } },
      ])
      expect((await orders.list({ worldId: 'w1', after: 0, limit: 10 })).items).toHaveLength(1)
    })
    test('with other content under the same id is told apart', async () => {
      const { orders } = await setUp()
      await orders.place([newOrder('o1')])
      expect(await orders.place([newOrder('o2', { quantity: '3' })])).toMatchObject([{ outcome: 'reused' }])
    })
    test('whose transaction runs again is placed, not known', async () => {
      const { orders } = await setUp()
      await orders.place([newOrder('o1')])
      expect(await orders.place([newOrder('o1')])).toMatchObject([{ outcome: 'placed' }])
    })
    test('changes only from the states named', async () => {
      const { orders } = await setUp()
      await orders.place([newOrder('o1')])
      const submitted = await orders.change('o1', { status: 'submitted', from: ['new'] }, nowMs + 1_000)
      expect(submitted).toMatchObject({ status: 'submitted', updated_at: '2024-01-01T00:00:02Z' })
      expect(await orders.change('o1', { status: 'invalid', reason: 'x', from: ['new'] }, nowMs)).toBeUndefined()
      await orders.change('o1', { status: 'canceled', reason: 'lost-at-restart: gone', from: ['submitted'] }, nowMs)
      expect(await orders.find('w1', 'q0000001')).toMatchObject({ status: 'canceled', reason: 'lost-at-restart: gone' })
    })
    test('is listed by world, strategy and whether it is open, page by page', async () => {
      const { orders } = await setUp()
      await orders.place([
        newOrder('o1'),
        newOrder('o2', { client_order_id: 'q0000002', strategy_id: 's2' }),
        newOrder('o3', { client_order_id: 'q0000003' }),
        newOrder('o4', { world_id: 'w2' }),
      ])
      await orders.change('o3', { status: 'canceled', from: ['new'] }, nowMs)
      const ids = async (filter: object) =>
        (await orders.list({ worldId: 'w1', after: 0, limit: 10, ...filter })).items.map((order) => order.order_id)
      expect(await ids({})).toEqual(['o1', 'o2', 'o3'])
      expect(await ids({ strategyId: 's1' })).toEqual(['o1', 'o3'])
      expect(await ids({ open: true })).toEqual(['o1', 'o2'])
      expect(await ids({ open: false })).toEqual(['o3'])
      const first = await orders.list({ worldId: 'w1', after: 0, limit: 2 })
      expect(await ids({ after: first.nextAfter })).toEqual(['o3'])
      const last = await orders.list({ worldId: 'w1', after: first.nextAfter, limit: 2 })
      expect(await orders.list({ worldId: 'w1', after: last.nextAfter, limit: 2 })).toEqual({
        items: [],
        nextAfter: last.nextAfter,
      })
      expect((await orders.unfinished('a')).map(({ order }) => order.order_id)).toEqual(['o1', 'o2', 'o4'])
      expect(await orders.unfinished('b')).toEqual([])
    })
  })

  describe('a fill', () => {
    test('is recorded with what it changes of its order', async () => {
      const { orders, record } = await setUp()
      await orders.place([newOrder('o1')])
      const half = await record(sampleFill({ quantity: '0.5' }))
      expect(half).toMatchObject({ outcome: 'recorded', order: { status: 'partially_filled', filled_quantity: '0.5' } })
      const rest = await record(sampleFill({ sequence: 2, fill_id: 'o1-2', quantity: '1.5' }))
      expect(rest).toMatchObject({ outcome: 'recorded', order: { status: 'filled', filled_quantity: '2' } })
      const { items } = await orders.listFills({ worldId: 'w1', after: 0, limit: 10 })
      expect(items).toEqual([
        { ...sampleFill({ quantity: '0.5' }), received_at: '2024-01-01T00:00:01Z' },
        { ...sampleFill({ sequence: 2, fill_id: 'o1-2', quantity: '1.5' }), received_at: '2024-01-01T00:00:01Z' },
      ])
    })
    test('reported twice is recorded once', async () => {
      const { orders, record } = await setUp()
      await orders.place([newOrder('o1')])
      await record(sampleFill())
      expect(await record(sampleFill())).toEqual({ outcome: 'known' })
      expect(await orders.find('w1', 'q0000001')).toMatchObject({ filled_quantity: '2' })
    })
    test('of an order that had ended is kept and counted', async () => {
      const { orders, record } = await setUp()
      await orders.place([newOrder('o1')])
      await orders.change('o1', { status: 'canceled', reason: 'r', from: ['new'] }, nowMs)
      const part = await record(sampleFill({ quantity: '1' }))
      expect(part).toMatchObject({ order: { status: 'canceled', filled_quantity: '1' } })
      const rest = await record(sampleFill({ quantity: '1', sequence: 2, fill_id: 'o1-2' }))
      expect(rest).toMatchObject({ order: { status: 'filled', filled_quantity: '2' } })
      expect(await orders.find('w1', 'q0000001')).not.toHaveProperty('reason')
    })
    test('of another execution under a sequence that is taken gets the next one, once', async () => {
      const { orders, record } = await setUp()
      await orders.place([newOrder('o1')])
      await record(sampleFill({ quantity: '1', fill_id: 'exec-1' }))
      const second = sampleFill({ quantity: '1', fill_id: 'exec-2' })
      expect(await record(second)).toMatchObject({ outcome: 'recorded', fill: { sequence: 2 } })
      expect(await record(second)).toEqual({ outcome: 'known' })
      expect(await orders.find('w1', 'q0000001')).toMatchObject({ status: 'filled', filled_quantity: '2' })
    })
    test('reported anew under another sequence is the same execution', async () => {
      const { orders, record } = await setUp()
      await orders.place([newOrder('o1')])
      await record(sampleFill({ quantity: '1', price: '100' }))
      expect(await record(sampleFill({ quantity: '1.0', price: '100.00', sequence: 7 }))).toEqual({ outcome: 'known' })
    })
    test.each([
      ['its order', {}, { side: 'sell' }, '/fill/side'],
      ['its order', {}, { strategy_id: 's2' }, '/fill/strategy_id'],
      ['an earlier report of it', { quantity: '1' }, { quantity: '1.5' }, '/fill/quantity'],
    ] as const)('that says otherwise than %s is not recorded', async (_, first, change, path) => {
      const { orders, record } = await setUp()
      await orders.place([newOrder('o1')])
      if (Object.keys(first).length > 0) await record(sampleFill(first))
      const before = await orders.find('w1', 'q0000001')
      expect(await record(sampleFill(change))).toMatchObject({ outcome: 'contradicted', causes: [{ path }] })
      expect(await orders.find('w1', 'q0000001')).toEqual(before)
    })
    test('is recorded under our id of the order, and without one too', async () => {
      const { orders, record } = await setUp()
      await orders.place([newOrder('o1')])
      expect(await record(sampleFill({ order_id: 'venue-7' }))).toMatchObject({
        fill: { order_id: 'o1' },
      })
      const stray = await record(sampleFill({ client_order_id: 'q0000009', order_id: 'o9' }))
      expect(stray).toMatchObject({ outcome: 'recorded', order: undefined })
      expect((await orders.listFills({ worldId: 'w1', strategyId: 's1', after: 0, limit: 10 })).items).toHaveLength(2)
    })
    test('is counted exactly, however many there are and however often each is reported', async () => {
      const { orders, record } = await setUp()
      await orders.place([newOrder('o1', { quantity: '1' })])
      const fills = Array.from({ length: 10 }, (_, index) =>
        sampleFill({ sequence: index + 1, fill_id: `o1-${index}`, quantity: '0.1' }),
      )
      for (const fill of [...fills, ...fills]) await record(fill)
      expect(await orders.find('w1', 'q0000001')).toMatchObject({ status: 'filled', filled_quantity: '1' })
    })
  })

  describe('a reduce-only order', () => {
    const held = async (quantity: string, side: 'buy' | 'sell' = 'buy') => {
      const context = await setUp()
      await context.orders.place([newOrder('o1', { quantity, side })])
      await context.record(sampleFill({ quantity, side }))
      let count = 1
      const reduce = async (size: string, change: Parameters<typeof sampleOrder>[0] = {}) => {
        count += 1
        const order = { side: 'sell', quantity: size, reduce_only: true, client_order_id: `q000000${count}` } as const
        const [result] = await context.orders.place([newOrder(`o${count}`, { ...order, ...change })])
        return result?.outcome === 'not_reducing' ? decimalText(result.left) : result?.outcome
      }
      return { ...context, reduce }
    }
    test('reduces to nothing what the strategy holds by its fills, and no further', async () => {
      const { reduce } = await held('2')
      expect(await reduce('2.1')).toBe('2')
      expect(await reduce('2', { side: 'buy' })).toBe('0')
      expect(await reduce('1.5')).toBe('placed')
      expect(await reduce('0.6')).toBe('0.5')
      expect(await reduce('0.5')).toBe('placed')
      expect(await reduce('0.1')).toBe('0')
    })
    test('reduces a short position by buying', async () => {
      const { reduce } = await held('2', 'sell')
      expect(await reduce('2')).toBe('0')
      expect(await reduce('2', { side: 'buy' })).toBe('placed')
    })
    test('counts what is left of the open ones before it, and nothing of those that ended', async () => {
      const { orders, record, reduce } = await held('2')
      await reduce('1.5')
      await record(sampleFill({ order_id: 'o2', client_order_id: 'q0000002', side: 'sell', quantity: '0.5' }))
      expect(await reduce('0.6')).toBe('0.5')
      await orders.change('o2', { status: 'canceled', from: ['partially_filled'] }, nowMs)
      expect(await reduce('1.6')).toBe('1.5')
      expect(await reduce('1.5')).toBe('placed')
    })
    test.each([
      ['strategy', { strategy_id: 's2' }],
      ['world', { world_id: 'w2' }],
      ['instrument', { instrument: 'ETH-USD.SIM' }],
    ])('finds nothing to reduce in what another %s holds', async (_, change) => {
      const { reduce } = await held('2')
      expect(await reduce('1', change)).toBe('0')
    })
    test('finds nothing to reduce with real money in what was held on paper', async () => {
      const { orders } = await held('2')
      const live = newOrder('o2', { side: 'sell', reduce_only: true, client_order_id: 'q0000002' })
      expect(await orders.place([{ ...live, domain: 'live' }])).toMatchObject([{ outcome: 'not_reducing' }])
    })
    test('shares what is left with those of the same commit, and a repeat counts once', async () => {
      const { orders } = await held('2')
      const sell = (id: number, quantity: string) =>
        newOrder(`o${id}`, { side: 'sell', quantity, reduce_only: true, client_order_id: `q000000${id}` })
      const rows = [sell(2, '1.5'), sell(3, '1'), sell(4, '0.5')]
      const outcomes = async () => (await orders.place(rows)).map(({ outcome }) => outcome)
      expect(await outcomes()).toEqual(['placed', 'not_reducing', 'placed'])
      expect(await outcomes()).toEqual(['placed', 'not_reducing', 'placed'])
    })
    test('knows what was held by fills of an earlier release, and each of them again', async () => {
      const database: Database<GatewayTables> = await open<GatewayTables>()
      await migrate(database, gatewayMigrations.slice(0, 2))
      const orders = createOrderRepository(database)
      const fills = [sampleFill(), sampleFill({ order_id: 'o9', fill_id: 'o9-1', side: 'sell', quantity: '0.5' })]
      for (const fill of fills) {
        await sql`insert into fill (order_id, sequence, world_id, strategy_id, fill)
          values (${fill.order_id}, 1, 'w1', 's1', ${JSON.stringify(fill)})`.execute(database.kysely)
      }
      await migrate(database, gatewayMigrations)
      const sell = (quantity: string) => newOrder('o2', { side: 'sell', quantity, reduce_only: true })
      expect(await orders.place([sell('1.6')])).toMatchObject([{ outcome: 'not_reducing' }])
      expect(await orders.place([sell('1.5')])).toMatchObject([{ outcome: 'placed' }])
      const again = sampleFill({ order_id: 'o9', client_order_id: 'q0000009', fill_id: 'o9-1', quantity: '0.5' })
      expect(await orders.recordFill({ fill: again, domain: 'dryrun' }, nowMs)).toEqual({ outcome: 'known' })
    })
  })

  test('a report that cannot be recorded is kept once, whatever it is', async () => {
    const { rejected, database } = await setUp()
    for (const report of [{ kind: 'filled', quantity: 1n }, undefined, { kind: 'filled', quantity: 1n }]) {
      await rejected.keep({ venue: 'SIM', report, reason: 'malformed' }, nowMs)
    }
    const rows = await database.kysely.selectFrom('rejected_report').select('report').orderBy('position').execute()
    expect(rows.map(({ report }) => report)).toEqual(['{"kind":"filled","quantity":"1"}', 'null'])
  })

  describe('a reader that follows by position', () => {
    const ids = Array.from({ length: 120 }, (_, index) => `q${String(index).padStart(8, '0')}`)
    /** Two writers at once, and what a reader has seen once both are done. */
    async function follow(
      write: (id: string) => Promise<unknown>,
      read: (after: number) => Promise<{ readonly items: readonly unknown[]; readonly nextAfter: number }>,
    ) {
      let [seen, after, isDone] = [0, 0, false]
      const look = async () => {
        const page = await read(after)
        seen += page.items.length
        after = page.nextAfter
      }
      const reading = (async () => {
        while (!isDone) await look()
      })()
      const writer = async (odd: number) => {
        for (const id of ids.filter((_, index) => index % 2 === odd)) await write(id)
      }
      await Promise.all([writer(0), writer(1)])
      isDone = true
      await reading
      await look()
      return seen
    }
    test('sees every fill, also of venues that report at once', async () => {
      const { orders, record } = await setUp()
      await orders.place(ids.map((id) => newOrder(`o${id}`, { client_order_id: id })))
      const write = (id: string) => record(sampleFill({ order_id: `o${id}`, client_order_id: id, fill_id: id }))
      const read = (after: number) => orders.listFills({ worldId: 'w1', after, limit: 1_000 })
      expect(await follow(write, read)).toBe(ids.length)
    })
    test('sees every order, also of processes that place at once', async () => {
      const { orders } = await setUp()
      const write = (id: string) => orders.place([newOrder(`o${id}`, { client_order_id: id })])
      const read = (after: number) => orders.list({ worldId: 'w1', after, limit: 1_000 })
      expect(await follow(write, read)).toBe(ids.length)
    })
  })

  describe('a refusal', () => {
    const refusal = (code: string, atMs: number, message = code) => ({
      world_id: 'w1',
      strategy_id: 's1',
      code,
      message,
      client_order_id: `q000000${atMs}`,
      atMs,
    })
    test('is kept once per kind, with its count and the latest message', async () => {
      const { refusals } = await setUp()
      await refusals.record([
        refusal('E_ORDER_BLOCKED', 1, 'old'),
        refusal('E_ORDER_BLOCKED', 2),
        refusal('E_STALE_EPOCH', 2),
      ])
      await refusals.record([refusal('E_ORDER_BLOCKED', 3, 'frozen')])
      expect(await refusals.last('w1', 's1')).toEqual({
        world_id: 'w1',
        strategy_id: 's1',
        code: 'E_ORDER_BLOCKED',
        message: 'frozen',
        client_order_id: 'q0000003',
        refusals: 3,
        first_at_ms: 1,
        last_at_ms: 3,
      })
      expect(await refusals.last('w1', 's2')).toBeUndefined()
      await refusals.record([])
    })
  })
})
