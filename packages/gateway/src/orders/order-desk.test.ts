import type { VenueAnswer } from '@qmtl/brokerage'
import type { CallOptions, Fill, Order } from '@qmtl/contracts'
import { createFakeClock } from '@qmtl/contracts/testing'
import { createGroupCommit, createMetrics, migrate, silentLogger } from '@qmtl/service-kit'
import { createDeferred, sqliteOpener } from '@qmtl/service-kit/testing'
import { describe, expect, test } from 'vitest'
import { gatewayMigrations } from '../database/migrations.ts'
import type { GatewayTables } from '../database/tables.ts'
import { createFakeWorldService, sampleEntry, sampleWorld } from '../testing/fake-services.ts'
import { createFakeVenue } from '../testing/fake-venue.ts'
import { sampleOrder } from '../testing/order-samples.ts'
import { createWorldReadings } from '../worlds/world-readings.ts'
import { createIngressGates } from './ingress-gates.ts'
import { createOrderDesk } from './order-desk.ts'
import { createOrderDispatcher } from './order-dispatcher.ts'
import { createOrderRepository } from './order-repository.ts'
import { createRefusalRepository } from './refusal-repository.ts'
import { createRejectedReportRepository } from './rejected-report-repository.ts'
import { createReportRecorder } from './report-recorder.ts'
import { createVenueDirectory } from './venue-directory.ts'

const open = sqliteOpener()

/** The order path over one database, with WorldService and the venue faked; strategy s1 is bound to w1 and active. */
async function setUp() {
  const database = await open<GatewayTables>()
  await migrate(database, gatewayMigrations)
  const clock = createFakeClock()
  const worlds = createFakeWorldService()
  worlds.activation = { version: 1, state: { s1: { long: sampleEntry(), short: sampleEntry() } } }
  const venue = createFakeVenue()
  const venues = createVenueDirectory({ paper: [venue], live: [] })
  const orders = createOrderRepository(database)
  const refusals = createRefusalRepository(database)
  const readings = createWorldReadings(worlds.client, clock)
  const gates = createIngressGates({ worlds: worlds.client, clock, log: silentLogger }, 'gateway:a')
  const seen: (Order | Fill)[] = []
  const heard = { onOrder: (order: Order) => seen.push(order), onFill: (fill: Fill) => seen.push(fill) }
  const failed = createDeferred()
  const faults = { losesAnswer: false, failsChange: false, failsFills: false, failed: failed.promise }
  const withFaults: typeof orders = {
    ...orders,
    recordFill(...args) {
      if (!faults.failsFills) return orders.recordFill(...args)
      failed.resolve()
      return Promise.reject(new Error('the database is away'))
    },
    change: (...args) => failOnce(faults, 'failsChange', () => orders.change(...args)),
    async place(rows) {
      const results = await orders.place(rows)
      return failOnce(faults, 'losesAnswer', async () => results)
    },
  }
  const instance = { isOurs: true }
  const lease = { isHeld: () => instance.isOurs }
  const common = { lease, orders: withFaults, clock, log: silentLogger, instance: 'a', callTimeoutMs: 50, ...heard }
  const dispatcher = createOrderDispatcher({ ...common, venues, gates })
  const rejected = createRejectedReportRepository(database)
  const startRecorder = () => {
    const started = createReportRecorder({ ...common, rejected, venues: venues.all })
    started.start()
    return started
  }
  const recorder = startRecorder()
  let count = 0
  const desk = createOrderDesk({
    ...{ ...common, venues, gates, readings, dispatcher },
    orderLog: createGroupCommit({ write: withFaults.place }),
    refusalLog: createGroupCommit({
      write: async (rows) => {
        await refusals.record(rows)
        return rows.map(() => undefined)
      },
    }),
    submissions: { worldsOf: async (id) => (id === 's1' ? ['w1', 'w2'] : undefined) },
    newId: () => `o${++count}`,
    counted: createMetrics().counter({ name: 'qmtl_gateway_orders_total', help: 'orders', labels: ['outcome'] }),
  })
  const settle = async () => {
    await dispatcher.idle()
    await recorder.idle()
  }
  const find = () => orders.find('w1', 'q0000001')
  return {
    ...{
      instance,
      clock,
      worlds,
      venue,
      orders,
      faults,
      database,
      recorder,
      startRecorder,
      refusals,
      readings,
      gates,
      dispatcher,
      seen,
      settle,
      find,
    },
    place: (change: Parameters<typeof sampleOrder>[0] = {}, options: CallOptions = {}) =>
      desk.place(sampleOrder(change), options),
    /** A row of a process before this one. */
    async leave(orderId: string) {
      const row = { orderId, venue: 'SIM', domain: 'dryrun', instance: 'a', request: sampleOrder(), nowMs: 0 } as const
      await orders.place([row])
      const order = await find()
      if (order === undefined) throw new Error('the order was not recorded')
      return order
    },
    /** What a world event does to the Gateway. */
    async freeze(epoch: number) {
      worlds.worlds.set('w1', sampleWorld({ epoch, frozen: true }))
      readings.forget('w1')
      await gates.close('w1', epoch, dispatcher.inFlight('w1'))
    },
  }
}

/** The database does what it is asked, once without saying so. */
function failOnce<Name extends string, Result>(
  faults: Record<Name, boolean>,
  name: Name,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!faults[name]) return work()
  faults[name] = false
  return Promise.reject(new Error('the connection was lost'))
}

const never = () => new Promise<never>(() => undefined)

describe('an order', () => {
  test('is a row before it is answered, then goes to its venue and is filled', async () => {
    const { place, venue, settle, find, orders, seen } = await setUp()
    const order = await place()
    expect(order).toMatchObject({ order_id: 'o1', status: 'new', venue: 'SIM', filled_quantity: '0' })
    await settle()
    expect(venue.received).toEqual([order])
    expect(await find()).toMatchObject({ status: 'submitted' })
    venue.fill(order)
    await settle()
    expect(await find()).toMatchObject({ status: 'filled', filled_quantity: '2' })
    expect((await orders.listFills({ worldId: 'w1', after: 0, limit: 10 })).items).toMatchObject([
      { order_id: 'o1', price: '100' },
    ])
    expect(seen.map((one) => ('fill_id' in one ? 'fill' : one.status))).toEqual(['new', 'submitted', 'filled', 'fill'])
  })
  test('sent again is answered the same and trades once, also after its end and under a later epoch', async () => {
    const { place, venue, settle } = await setUp()
    const order = await place()
    await settle()
    venue.fill(order)
    await settle()
    expect(await place({ epoch: 9 })).toMatchObject({ order_id: 'o1', status: 'filled', epoch: 4 })
    const twins = await Promise.all([place({ client_order_id: 'q0000002' }), place({ client_order_id: 'q0000002' })])
    await settle()
    expect(twins[0].order_id).toBe(twins[1].order_id)
    expect(venue.received).toHaveLength(2)
  })
  test('with other content under a known id is refused', async () => {
    const { place, venue, settle } = await setUp()
    await place()
    await expect(place({ quantity: '3' })).rejects.toMatchObject({
      code: 'E_ORDER_REUSED',
      details: { order_id: 'o1' },
    })
    await settle()
    expect(venue.received).toHaveLength(1)
  })
  test('that the venue refuses ends as invalid with the reason', async () => {
    const { place, venue, settle, find } = await setUp()
    venue.onSubmit = () => ({ outcome: 'refused', code: 'E_VENUE_REFUSED', message: 'no such market' })
    await place()
    await settle()
    expect(await find()).toMatchObject({ status: 'invalid', reason: 'E_VENUE_REFUSED: no such market' })
  })
  test('that ends with a rest unfilled says why', async () => {
    const { place, venue, settle, find } = await setUp()
    const order = await place()
    await settle()
    venue.fill(order, { quantity: '0.5' })
    const end = { kind: 'ended', world_id: 'w1', client_order_id: 'q0000001', status: 'canceled' } as const
    venue.report({ ...end, code: 'E_INSUFFICIENT_FUNDS', message: 'no cash' })
    await settle()
    expect(await find()).toMatchObject({
      status: 'canceled',
      filled_quantity: '0.5',
      reason: 'E_INSUFFICIENT_FUNDS: no cash',
    })
  })
  test('whose venue does not answer is tried again and then asked back', async () => {
    const { place, venue, settle, find } = await setUp()
    venue.onSubmit = () => Promise.reject(new Error('network'))
    await place()
    await settle()
    expect(venue.received).toHaveLength(3)
    expect(venue.canceled).toEqual([{ world_id: 'w1', client_order_id: 'q0000001' }])
    expect(await find()).toMatchObject({ status: 'canceled' })
  })
})

describe('an order whose venue or database fails', () => {
  const once = (first: () => never, then: VenueAnswer) => {
    let tries = 0
    return () => (++tries === 1 ? first() : then)
  }
  const refused = { outcome: 'refused', code: 'E_ORDER_BLOCKED', message: 'closed since' } as const
  const unanswered = (): never => {
    throw new Error('socket hang up')
  }
  test('is asked back when a second try is refused, for the first may have got through', async () => {
    const { place, venue, settle, find } = await setUp()
    venue.onSubmit = once(unanswered, refused)
    venue.onCancel = () => ({ outcome: 'accepted' })
    const order = await place()
    await settle()
    expect(venue.canceled).toEqual([{ world_id: 'w1', client_order_id: 'q0000001' }])
    expect(await find()).toMatchObject({ status: 'cancel_pending' })
    venue.fill(order)
    await settle()
    expect(await find()).toMatchObject({ status: 'filled' })
  })
  test('is not waited for longer than a call may take, and named as in flight until its venue answers', async () => {
    const { place, venue, settle, find, dispatcher } = await setUp()
    venue.onSubmit = never
    venue.onCancel = never
    await place()
    await settle()
    expect(venue.received).toHaveLength(3)
    expect(dispatcher.inFlight('w1')).toEqual(['q0000001'])
    expect(await find()).toMatchObject({ status: 'new' })
    venue.onCancel = () => ({ outcome: 'unknown' })
    await dispatcher.mend()
    expect(await find()).toMatchObject({ status: 'canceled' })
    expect(dispatcher.inFlight('w1')).toEqual([])
  })
  test('is asked back again where the venue refused to end it', async () => {
    const { place, venue, settle, find, dispatcher } = await setUp()
    venue.onSubmit = unanswered
    venue.onCancel = () => ({ outcome: 'refused', code: 'E_VENUE_REFUSED', message: 'the market is closed' })
    await place()
    await settle()
    venue.onCancel = () => ({ outcome: 'accepted' })
    await dispatcher.mend()
    await dispatcher.mend()
    expect(await find()).toMatchObject({ status: 'cancel_pending' })
    expect(venue.canceled).toHaveLength(2)
  })
  test('gets its answer recorded though the database failed', async () => {
    const { place, venue, faults, settle, find } = await setUp()
    venue.onSubmit = () => refused
    faults.failsChange = true
    await place()
    await settle()
    expect(await find()).toMatchObject({ status: 'invalid' })
  })
  test('and whose recording was not answered is sent when it comes again, once', async () => {
    const { place, venue, faults, settle, find } = await setUp()
    faults.losesAnswer = true
    await expect(place()).rejects.toThrow('lost')
    expect(await find()).toMatchObject({ status: 'new' })
    await Promise.all([place(), place()])
    await settle()
    expect(venue.received).toHaveLength(1)
    expect(await find()).toMatchObject({ status: 'submitted' })
  })
  test('and whose recording was not answered ends unsent when it does not come again', async () => {
    const { place, venue, faults, dispatcher, settle, find } = await setUp()
    faults.losesAnswer = true
    await expect(place()).rejects.toThrow('lost')
    await dispatcher.mend()
    expect(await find()).toMatchObject({ status: 'canceled', reason: expect.stringMatching(/^never-sent/) as string })
    await place()
    await settle()
    expect(venue.received).toEqual([])
  })
  test('is left alone by the mending while it is under way', async () => {
    const { place, venue, dispatcher, settle, find } = await setUp()
    let answer = (): void => undefined
    venue.onSubmit = () =>
      new Promise((resolve) => (answer = () => resolve({ outcome: 'accepted', venue_order_id: 'v' })))
    await place()
    await dispatcher.mend()
    while (venue.received.length === 0) await new Promise((resolve) => setImmediate(resolve))
    answer()
    await settle()
    expect(venue.canceled).toEqual([])
    expect(await find()).toMatchObject({ status: 'submitted' })
  })
  test('is not recorded for a caller that has given up', async () => {
    const { place, venue, worlds, settle, find } = await setUp()
    const caller = new AbortController()
    // The last thing that an order waits for before it is recorded.
    worlds.onCall = (path) => {
      if (path.endsWith('/lease')) caller.abort(new Error('gave up'))
    }
    await expect(place({}, { signal: caller.signal })).rejects.toThrow('gave up')
    await settle()
    expect(await find()).toBeUndefined()
    expect(venue.received).toEqual([])
  })
})

describe('a report', () => {
  test('that cannot be recorded is kept aside, and those behind it are recorded', async () => {
    const { place, venue, settle, find, database } = await setUp()
    const order = await place()
    await settle()
    venue.fill(order, { quantity: '1,5', fill_id: 'bad' })
    venue.fill(order, { filled_at: '2024-13-01T00:00:00Z', fill_id: 'late' })
    venue.fill(order, { side: 'sell', fill_id: 'other' })
    venue.fill(order)
    await settle()
    expect(await find()).toMatchObject({ status: 'filled', filled_quantity: '2' })
    const rows = await database.kysely.selectFrom('rejected_report').selectAll().orderBy('position').execute()
    const paths = rows.map(({ reason }) => /"path":"([^"]*)"/.exec(reason)?.[1])
    expect(paths).toEqual(['/fill/quantity', '/fill/filled_at', '/fill/side'])
  })
  test('that was not recorded when the Gateway stops stays at the venue', async () => {
    const { place, venue, settle, find, faults, recorder, startRecorder } = await setUp()
    const order = await place()
    await settle()
    faults.failsFills = true
    venue.fill(order)
    await faults.failed
    await recorder.stop()
    faults.failsFills = false
    const next = startRecorder()
    await next.idle()
    expect(await find()).toMatchObject({ status: 'filled' })
    await next.stop()
  })
  test('that never comes does not hold up the stop', async () => {
    const { venue, startRecorder } = await setUp()
    venue.reports = () => ({ [Symbol.asyncIterator]: () => ({ next: never }) })
    await startRecorder().stop()
  })
})

describe('a reduce-only order', () => {
  const reducing = { side: 'sell', reduce_only: true, client_order_id: 'q0000002' } as const
  test('that opens is refused with what is left to reduce, also by an inactive strategy that drains', async () => {
    const { place, venue, worlds, settle } = await setUp()
    await settle()
    worlds.activation = {
      version: 2,
      state: { s1: { long: sampleEntry({ active: false, drain: true, effective_mode: 'compute-only' }) } },
    }
    await expect(place({ ...reducing, side: 'buy', quantity: '1000000' })).rejects.toMatchObject({
      code: 'E_ORDER_LIMIT',
      details: { reason: 'not_reducing' },
      message: 'a reduce-only buy of 1000000 BTC-USD.SIM is over the 0 left to reduce',
    })
    expect(venue.received).toEqual([])
  })
  test('that reduces passes the drain', async () => {
    const { place, venue, worlds, settle, clock } = await setUp()
    const order = await place()
    await settle()
    venue.fill(order)
    await settle()
    worlds.activation = { version: 2, state: { s1: { long: sampleEntry({ active: false, drain: true }) } } }
    clock.advance(1_000)
    await expect(place({ client_order_id: 'q0000003' })).rejects.toMatchObject({ details: { reason: 'draining' } })
    expect(await place(reducing)).toMatchObject({ status: 'new' })
  })
})

describe('a refused order', () => {
  test('is answered with the closed gate, remembered by kind and never kept', async () => {
    const { place, venue, worlds, refusals, find, readings } = await setUp()
    worlds.worlds.set('w1', sampleWorld({ max_order_notional: '199' }))
    readings.forget('w1')
    for (let count = 0; count < 3; count++) {
      await expect(place()).rejects.toMatchObject({ code: 'E_ORDER_LIMIT', details: { reason: 'max_order_notional' } })
    }
    expect(await refusals.last('w1', 's1')).toMatchObject({ code: 'E_ORDER_LIMIT', refusals: 3 })
    expect(await find()).toBeUndefined()
    worlds.worlds.set('w1', sampleWorld())
    readings.forget('w1')
    expect(venue.received).toEqual([])
  })
  test('of a world or strategy that nobody knows is refused without a trace', async () => {
    const { place, refusals } = await setUp()
    await expect(place({ world_id: 'nowhere' })).rejects.toMatchObject({ code: 'E_UNKNOWN_WORLD' })
    await expect(place({ strategy_id: 'nobody' })).rejects.toMatchObject({ code: 'E_UNKNOWN_STRATEGY' })
    expect(await refusals.last('w1', 'nobody')).toBeUndefined()
  })
  test('is one while WorldService is away for longer than the lease lives', async () => {
    const { place, worlds, clock, venue, settle } = await setUp()
    await place()
    await settle()
    worlds.failure = 'E_UNAVAILABLE'
    clock.advance(3_000)
    await expect(place({ client_order_id: 'q0000002' })).rejects.toMatchObject({ code: 'E_ORDER_BLOCKED' })
    expect(venue.received).toHaveLength(1)
  })
})

describe('a freeze', () => {
  test('stops the orders of the old epoch at once and names what was on the wire', async () => {
    const { place, freeze, venue, worlds, settle } = await setUp()
    let answer = (): void => undefined
    venue.onSubmit = () =>
      new Promise((resolve) => (answer = () => resolve({ outcome: 'accepted', venue_order_id: 'v' })))
    await place()
    while (venue.received.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await freeze(5)
    expect(worlds.acknowledged).toEqual([{ world_id: 'w1', gate_id: 'gateway:a', epoch: 5, in_flight: ['q0000001'] }])
    await expect(place({ client_order_id: 'q0000002' })).rejects.toMatchObject({
      code: 'E_ORDER_BLOCKED',
      details: { reason: 'world_frozen' },
    })
    answer()
    await settle()
    expect(venue.received).toHaveLength(1)
  })
  test('between the row and the venue ends the order unsent', async () => {
    const { venue, settle, find, gates, worlds, leave, dispatcher } = await setUp()
    const placed = await leave('o1')
    await gates.renew('w1')
    worlds.worlds.set('w1', sampleWorld({ epoch: 5, frozen: true }))
    await gates.close('w1', 5, dispatcher.inFlight('w1'))
    dispatcher.dispatch(placed, { venue: 'SIM', domain: 'dryrun' })
    await settle()
    expect(venue.received).toEqual([])
    expect(await find()).toMatchObject({ status: 'canceled' })
  })
  test('is not undone by a grant that was on its way', async () => {
    const { gates, worlds } = await setUp()
    const renewing = gates.renew('w1')
    await gates.close('w1', 5, [])
    await renewing
    expect(gates.held('w1')?.lease.granted ?? false).toBe(false)
    expect(worlds.acknowledged).toHaveLength(1)
  })
})

describe('after a restart', () => {
  test('an open order that the venue does not know is lost, and never sent again', async () => {
    const { place, orders, dispatcher, find, venue, settle } = await setUp()
    await orders.place([
      { orderId: 'o0', venue: 'SIM', domain: 'dryrun', instance: 'a', request: sampleOrder(), nowMs: 0 },
    ])
    await dispatcher.start()
    expect(await find()).toMatchObject({
      status: 'canceled',
      reason: expect.stringMatching(/^lost-at-restart/) as string,
    })
    expect(await place()).toMatchObject({ order_id: 'o0', status: 'canceled' })
    await settle()
    expect(venue.received).toEqual([])
  })
  test('an open order that the venue has is ended there, and its fills count', async () => {
    const { leave, dispatcher, find, venue, settle } = await setUp()
    const placed = await leave('o0')
    venue.onCancel = () => ({ outcome: 'accepted' })
    await dispatcher.start()
    expect(await find()).toMatchObject({ status: 'cancel_pending' })
    venue.fill(placed)
    await settle()
    expect(await find()).toMatchObject({ status: 'filled' })
  })
  test('an order that has ended at the venue is not lost: what became of it is on its way', async () => {
    const { leave, dispatcher, find, venue, settle } = await setUp()
    const placed = await leave('o0')
    venue.onCancel = () => ({ outcome: 'closed' })
    await dispatcher.start()
    expect(await find()).toMatchObject({ status: 'cancel_pending' })
    venue.fill(placed)
    await settle()
    expect(await find()).toMatchObject({ status: 'filled' })
  })
  test('a venue that does not answer holds nothing up, and is asked again', async () => {
    const { orders, dispatcher, find, venue } = await setUp()
    await orders.place(
      ['q0000001', 'q0000002'].map((client_order_id, index) => ({
        ...{ orderId: `o${index}`, venue: 'SIM', domain: 'dryrun' as const, instance: 'a', nowMs: 0 },
        request: sampleOrder({ client_order_id }),
      })),
    )
    venue.onCancel = never
    await dispatcher.start()
    expect(venue.canceled).toHaveLength(1)
    venue.onCancel = () => ({ outcome: 'unknown' })
    await dispatcher.mend()
    expect(await orders.unfinished('a')).toEqual([])
    expect(await find()).toMatchObject({ status: 'canceled' })
    await dispatcher.stop()
  })
  test('a process whose name another bears by now takes no orders and ends none', async () => {
    const { instance, leave, place, dispatcher, venue, find } = await setUp()
    await leave('o0')
    instance.isOurs = false
    await dispatcher.mend()
    expect(venue.canceled).toEqual([])
    expect(await find()).toMatchObject({ status: 'new' })
    await expect(place({ client_order_id: 'q0000002' })).rejects.toMatchObject({ code: 'E_UNAVAILABLE' })
  })
  test('orders of a venue that is not connected stay as they are', async () => {
    const { orders, dispatcher, find } = await setUp()
    await orders.place([
      { orderId: 'o0', venue: 'KRAKEN', domain: 'live', instance: 'a', request: sampleOrder(), nowMs: 0 },
    ])
    await dispatcher.start()
    expect(await find()).toMatchObject({ status: 'new' })
  })
})
