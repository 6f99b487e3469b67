import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createClient,
  fetchTransport,
  gatewayRoutes,
  worldRoutes,
  type ControlEvent,
  type Order,
  type StrategyStatus,
} from '@qmtl/contracts'
import { afterEach, describe, expect, test } from 'vitest'
import { version as uuidVersion } from 'uuid'
import { sampleEntry, sampleWorld } from './testing/fake-services.ts'
import { openStream, type OpenStream, type StreamMessage } from './testing/open-stream.ts'
import { sampleOrder } from './testing/order-samples.ts'
import { runGateway } from './testing/run-gateway.ts'
import { sampleDag } from './testing/sample-dag.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qmtl-gateway-'))
  cleanups.push(async () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A running Gateway and its clients over HTTP. */
async function serve(folder = newFolder()) {
  const running = await runGateway({ kind: 'sqlite', file: join(folder, 'gateway.sqlite') })
  let isRunning = true
  const stop = async () => {
    if (isRunning) await running.stop()
    isRunning = false
  }
  cleanups.push(stop)
  const transport = fetchTransport({ baseUrl: running.url, fetch })
  return {
    ...running,
    stop,
    client: createClient(gatewayRoutes, transport),
    worldClient: createClient(worldRoutes, transport),
  }
}
type Serving = Awaited<ReturnType<typeof serve>>

/** A connection to the stream of a world. */
async function connect(
  serving: Serving,
  topics: string[],
  options: { readonly strategyId?: string; readonly query?: string } = {},
) {
  const { strategyId, query = '' } = options
  const scope = { world_id: 'w1', topics, ...(strategyId === undefined ? {} : { strategy_id: strategyId }) }
  const { body: ticket } = await serving.client.subscribe({ body: scope })
  return open(`${ticket.stream_url}?token=${ticket.token}${query}`)
}

async function open(url: string): Promise<OpenStream> {
  const stream = await openStream(url)
  cleanups.push(async () => stream.socket.terminate())
  return stream
}

const ofType = (type: string) => (message: StreamMessage) => message.type === type

function worldEvent(type: string, data: Readonly<Record<string, unknown>>): ControlEvent {
  return {
    ...{ specversion: '1.0', id: `${type}-${JSON.stringify(data)}`, type, source: 'qmtl.worldservice', subject: 'w1' },
    ...{
      time: '2024-01-01T00:00:00Z',
      datacontenttype: 'application/json',
      sequence: 1,
      data: { version: 1, world_id: 'w1', ...data },
    },
  }
}

async function submitted(serving: Serving, seed = 1): Promise<StrategyStatus> {
  const { body } = await serving.client.submit({ body: { dag: sampleDag(seed), world_ids: ['w1'] } })
  const params = { strategy_id: body.strategy_id }
  return (await serving.client.status({ params, query: { wait_ms: 10_000 } })).body
}

/** A strategy that may trade. */
async function activated(serving: Serving): Promise<string> {
  const { strategy_id: id } = await submitted(serving)
  serving.worlds.activation = { version: 2, state: { [id]: { long: sampleEntry(), short: sampleEntry() } } }
  return id
}

describe('over a socket', () => {
  test('a submission is accepted, planned, listed and known', async () => {
    const serving = await serve()
    const reply = await serving.client.submit({ body: { dag: sampleDag(1), world_ids: ['w1'] } })
    expect(reply.status).toBe(202)
    const params = { strategy_id: reply.body.strategy_id }
    const status = (await serving.client.status({ params, query: { wait_ms: 10_000 } })).body
    expect(status).toMatchObject({ status: 'completed', plan: { created: 3 }, world_ids: ['w1'] })
    const again = serving.client.submit({ body: { dag: sampleDag(1), world_ids: ['w1'] } })
    await expect(again).rejects.toMatchObject({ code: 'E_DUPLICATE', details: params })
    const list = (await serving.client.listStrategies({ query: { world_id: 'w1' } })).body
    expect(list).toMatchObject({ strategies: [{ ...params, plan: null }], next_after: 1 })
    const raw = JSON.stringify(sampleDag(2))
    const old = await serving.client.submit({ body: { dag_json: Buffer.from(raw).toString('base64'), world_id: 'w1' } })
    expect(old.body.warnings).toHaveLength(1)
  })
  test('ids of strategies and orders are UUIDs of version 7 and ascend', async () => {
    const serving = await serve()
    const strategyIds = [await activated(serving), (await submitted(serving, 2)).strategy_id]
    const place = async (client_order_id: string) => {
      const body = sampleOrder({ strategy_id: strategyIds[0] ?? '', client_order_id })
      return (await serving.client.placeOrder({ body })).body.order_id
    }
    const orderIds = [await place('q1'.padEnd(9, '0')), await place('q2'.padEnd(9, '0'))]
    for (const ids of [strategyIds, orderIds]) {
      expect(ids.map(uuidVersion)).toEqual([7, 7])
      expect(ids.toSorted()).toEqual(ids)
    }
  })
  test('what is wrong with a submission is a problem document with every cause', async () => {
    const { url } = await serve()
    const answer = await fetch(`${url}/strategies`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        dag: { ...sampleDag(1), nodes: [{ node_id: 'x', node_type: 'sma' }] },
        world_ids: ['w1'],
      }),
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'E_NODE_ID_FIELDS', errors: { length: 4 } })
  })
  test('an id that can be none is refused under the name of the member that holds it', async () => {
    const { url } = await serve()
    const ask = async (path: string, body?: object) => {
      const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const answer = await fetch(`${url}${path}`, body === undefined ? {} : post)
      const { code, errors } = (await answer.json()) as { code: string; errors?: { path: string }[] }
      return [answer.status, code, errors?.map(({ path: place }) => place)]
    }
    const refused = (...paths: string[]) => [422, 'E_INVALID_REQUEST', paths]
    const scope = { world_id: 'w1', strategy_id: 'a\u0000b', topics: ['orders'] }
    const submission = { dag: sampleDag(1), world_ids: ['w1', ' w1 ', 'bad id!', '\u0000'] }
    expect(await ask('/strategies/%00/status')).toEqual(refused('/params/strategy_id'))
    expect(await ask('/strategies/%00/explain')).toEqual(refused('/params/strategy_id'))
    expect(await ask('/orders?world_id=w1&strategy_id=%00')).toEqual(refused('/query/strategy_id'))
    expect(await ask('/fills?world_id=w1&strategy_id=%00')).toEqual(refused('/query/strategy_id'))
    expect(await ask('/events/subscribe', scope)).toEqual(refused('/strategy_id'))
    expect(await ask('/strategies', submission)).toEqual(refused('/world_ids/2', '/world_ids/3'))
    expect(await ask('/strategies', { dag: sampleDag(1), world_id: '/' })).toEqual(refused('/world_id'))
  })
  test('the routes of WorldService and of tag queries are there', async () => {
    const serving = await serve()
    expect((await serving.worldClient.getWorld({ params: { world_id: 'w1' } })).body).toEqual(sampleWorld())
    const query = { tags: 'a,b', interval: 60, world_id: 'w1' }
    expect((await serving.client.queuesByTag({ query })).body.queues).toHaveLength(1)
    serving.dagManager.failure = 'E_UNAVAILABLE'
    const failed = serving.client.queuesByTag({ query })
    await expect(failed).rejects.toMatchObject({ code: 'E_DAGMANAGER_UNAVAILABLE' })
  })
  test("a tag query is one of a world, in its decision's domain and snapshot whatever the client says", async () => {
    const serving = await serve()
    const query = { tags: 'a', interval: 60, match_mode: 'all', world_id: 'w1' } as const
    const hints = { execution_domain: 'prod', as_of: '2020-01-01T00:00:00Z', partition: 'eu' }
    await serving.client.queuesByTag({ query })
    await serving.client.queuesByTag({ query: { ...query, ...hints } })
    const decided = { ...query, execution_domain: 'dryrun', as_of: '2024-01-01T00:00:00Z' }
    expect(serving.dagManager.tagQueries).toEqual([decided, { ...decided, partition: 'eu' }])
    const elsewhere = await fetch(`${serving.url}/queues/by_tag?tags=a&interval=60&execution_domain=live`)
    expect(await elsewhere.json()).toMatchObject({ status: 422, errors: [{ path: '/query/world_id' }] })
    await expect(serving.client.queuesByTag({ query: { ...query, world_id: 'none' } })).rejects.toMatchObject({
      code: 'E_UNKNOWN_WORLD',
    })
  })
  test('an order is recorded, sent and filled, and its fill is listed', async () => {
    const serving = await serve()
    const id = await activated(serving)
    const { body: order, status } = await serving.client.placeOrder({ body: sampleOrder({ strategy_id: id }) })
    expect(status).toBe(202)
    await serving.gateway.settle()
    serving.venue.fill(order)
    await serving.gateway.settle()
    const query = { world_id: 'w1' }
    expect((await serving.client.listOrders({ query })).body.orders).toMatchObject([
      { status: 'filled', filled_quantity: '2' },
    ])
    expect((await serving.client.listOrders({ query: { ...query, open: true } })).body.orders).toEqual([])
    expect((await serving.client.listFills({ query })).body).toMatchObject({
      fills: [{ order_id: order.order_id }],
      next_after: 1,
    })
  })
  test('a restart keeps submissions, orders and fills, and sends nothing again', async () => {
    const folder = newFolder()
    const before = await serve(folder)
    const id = await activated(before)
    const { body: filled } = await before.client.placeOrder({ body: sampleOrder({ strategy_id: id }) })
    before.venue.fill(filled)
    await before.gateway.settle()
    await before.client.placeOrder({ body: sampleOrder({ strategy_id: id, client_order_id: 'q0000002' }) })
    await before.gateway.settle()
    await before.stop()
    const after = await serve(folder)
    expect((await after.client.status({ params: { strategy_id: id }, query: {} })).body.status).toBe('completed')
    const { orders } = (await after.client.listOrders({ query: { world_id: 'w1' } })).body
    expect(orders).toMatchObject([
      { status: 'filled' },
      { status: 'canceled', reason: expect.stringMatching(/^lost-at-restart/) as string },
    ])
    expect((await after.client.listFills({ query: { world_id: 'w1' } })).body.fills).toHaveLength(1)
    expect(after.venue.received).toEqual([])
  })
})

describe('a freeze on the bus', () => {
  test('closes the ingress at once and is acknowledged', async () => {
    const serving = await serve()
    const id = await activated(serving)
    await serving.client.placeOrder({ body: sampleOrder({ strategy_id: id }) })
    await serving.gateway.settle()
    serving.worlds.worlds.set('w1', sampleWorld({ epoch: 5, frozen: true }))
    await serving.bus.publish([worldEvent('world_epoch_changed', { epoch: 5, frozen: true, run_id: 'r' })])
    await serving.bus.settled()
    const gate_id: unknown = expect.stringMatching(/^gateway:test:[0-9a-f]{8}$/)
    expect(serving.worlds.acknowledged).toEqual([{ world_id: 'w1', gate_id, epoch: 5, in_flight: [] }])
    const refused = serving.client.placeOrder({ body: sampleOrder({ strategy_id: id, client_order_id: 'q0000002' }) })
    await expect(refused).rejects.toMatchObject({ code: 'E_ORDER_BLOCKED', details: { reason: 'world_frozen' } })
    expect(serving.venue.received).toHaveLength(1)
  })
})

describe('the stream', () => {
  test('begins with a snapshot and goes on with what happens, numbered without gaps', async () => {
    const serving = await serve()
    const id = await activated(serving)
    const stream = await connect(serving, ['activation', 'policy', 'strategy', 'orders', 'queue'], {
      query: '&tags=a&interval=60&partition=eu',
    })
    const { body: order } = await serving.client.placeOrder({ body: sampleOrder({ strategy_id: id }) })
    await serving.gateway.settle()
    serving.venue.fill(order)
    await stream.first(ofType('fill_recorded'))
    const types = stream.messages.map((message) => message.type)
    expect(types.slice(0, 6).sort()).toEqual([
      'activation_updated',
      'activation_updated',
      'policy_state_hash',
      'progress',
      'queue_update',
      'world_epoch_changed',
    ])
    expect(types.slice(6)).toEqual(['order_updated', 'order_updated', 'order_updated', 'fill_recorded'])
    const context = { world_id: 'w1', execution_domain: 'dryrun', as_of: '2024-01-01T00:00:00Z', partition: 'eu' }
    expect(stream.messages.find(ofType('queue_update'))?.data).toMatchObject(context)
    expect(serving.dagManager.tagQueries).toEqual([{ tags: 'a', interval: 60, match_mode: 'any', ...context }])
    expect(stream.messages.map((message) => message.seq_no)).toEqual(stream.messages.map((_, index) => index + 1))
    const orders = stream.messages.filter(ofType('order_updated')).map(({ data }) => (data['order'] as Order).status)
    expect(orders).toEqual(['new', 'submitted', 'filled'])
  })
  test('shows nothing of other worlds, other strategies or topics that were not asked for', async () => {
    const serving = await serve()
    const stream = await connect(serving, ['activation', 'weather'], { strategyId: 's1' })
    await stream.first(({ data }) => data['side'] === 'short')
    const entry = { side: 'long', active: true }
    await serving.bus.publish([
      worldEvent('activation_updated', { ...entry, world_id: 'w2', strategy_id: 's1' }),
      worldEvent('activation_updated', { ...entry, strategy_id: 's2' }),
      worldEvent('policy_updated', {}),
      worldEvent('activation_updated', { ...entry, strategy_id: 's1', mark: 'mine' }),
    ])
    await stream.first(({ data }) => data['mark'] === 'mine')
    const [epoch, long, short, mine, ...more] = stream.messages
    expect([epoch?.type, mine?.data['mark'], more]).toEqual(['world_epoch_changed', 'mine', []])
    expect([long?.data, short?.data]).toMatchObject([
      { side: 'long', active: false },
      { side: 'short', active: false },
    ])
  })
  test('tells of a submission from its acceptance to its plan', async () => {
    const serving = await serve()
    const stream = await connect(serving, ['strategy'])
    await submitted(serving)
    await stream.first(ofType('queue_map'))
    expect(stream.messages.filter(ofType('progress')).map(({ data }) => data['status'])).toEqual([
      'queued',
      'processing',
      'completed',
    ])
  })
  test('answers acknowledgements, and takes a new ticket in place', async () => {
    const serving = await serve()
    const stream = await connect(serving, ['policy'])
    await stream.first(ofType('policy_state_hash'))
    stream.socket.send(JSON.stringify({ type: 'ack', last_id: 'e1' }))
    expect(await stream.first(ofType('ack'))).toMatchObject({ last_id: 'e1' })
    const { body: ticket } = await serving.client.subscribe({ body: { world_id: 'w1', topics: ['activation'] } })
    stream.socket.send(JSON.stringify({ type: 'refresh', token: ticket.token }))
    await stream.first(ofType('refresh_ack'))
    await serving.bus.publish([
      worldEvent('policy_updated', {}),
      worldEvent('activation_updated', { strategy_id: 's1' }),
    ])
    await stream.first(ofType('activation_updated'))
    expect(stream.messages.some(ofType('policy_updated'))).toBe(false)
    stream.socket.send('anything')
    stream.socket.send(JSON.stringify({ type: 'refresh', token: 'forged' }))
    expect(await stream.ended).toMatchObject({ code: 1008 })
  })
  test('is closed to whoever has no valid ticket', async () => {
    const serving = await serve()
    const origin = serving.url.replace('http', 'ws')
    for (const url of [`${origin}/ws/evt`, `${origin}/ws?ticket=forged`]) {
      expect(await (await open(url)).ended).toMatchObject({ code: 1008 })
    }
    await expect(open(`${origin}/elsewhere`)).rejects.toThrow('404')
  })
  test('says what to read anew when its snapshot cannot be read', async () => {
    const serving = await serve()
    const { body: ticket } = await serving.client.subscribe({
      body: { world_id: 'w1', topics: ['activation', 'policy'] },
    })
    serving.worlds.failure = 'E_UNAVAILABLE'
    const stream = await open(`${ticket.fallback_url}?ticket=${ticket.token}`)
    expect((await stream.first(ofType('resync'))).data).toMatchObject({ topics: ['activation', 'policy'] })
  })
  test('is refused for an unknown world and for unknown topics', async () => {
    const { client } = await serve()
    const subscribe = (world_id: string, topics: string[]) => client.subscribe({ body: { world_id, topics } })
    await expect(subscribe('nowhere', ['orders'])).rejects.toMatchObject({ code: 'E_UNKNOWN_WORLD' })
    await expect(subscribe('w1', ['weather'])).rejects.toMatchObject({ code: 'E_TOPICS' })
    expect((await client.jwks({})).body.keys).toHaveLength(1)
  })
  test('ends with 1001 when the Gateway stops', async () => {
    const serving = await serve()
    const stream = await connect(serving, ['policy'])
    await serving.stop()
    expect(await stream.ended).toEqual({ code: 1001, reason: 'the gateway is stopping' })
  })
})

describe('a world that switches', () => {
  const domainOf = async ({ client }: Serving, id: string) =>
    (await client.status({ params: { strategy_id: id }, query: {} })).body.plan?.context.execution_domain

  test('has its strategies planned anew, which status and stream show', async () => {
    const serving = await serve()
    const { strategy_id: id } = await submitted(serving)
    const stream = await connect(serving, ['strategy'])
    serving.worlds.mode = 'live'
    await serving.bus.publish([worldEvent('world_epoch_changed', { epoch: 5, frozen: false })])
    expect((await stream.first(ofType('queue_map'))).data).toMatchObject({ strategy_id: id })
    expect(await domainOf(serving, id)).toBe('live')
  })
})

describe('an explanation', () => {
  test('names every gate in order when all are open', async () => {
    const serving = await serve()
    const id = await activated(serving)
    const { body } = await serving.client.explain({ params: { strategy_id: id }, query: {} })
    expect(body).toMatchObject({ trading: true, first_closed: null, world_id: 'w1' })
    expect(body.gates.map(({ gate }) => gate)).toEqual([
      'submission',
      'submitted-to',
      'code',
      'world',
      'gateway',
      'orders',
    ])
  })
  test('names the first closed gate, and what opens it', async () => {
    const serving = await serve()
    const id = await activated(serving)
    const explain = async (worldId?: string) =>
      (
        await serving.client.explain({
          params: { strategy_id: id },
          query: worldId === undefined ? {} : { world_id: worldId },
        })
      ).body
    serving.worlds.worlds.set('w1', sampleWorld({ frozen: true }))
    expect(await explain()).toMatchObject({ trading: false, first_closed: { gate: 'gateway', reason: 'world_frozen' } })
    serving.worlds.worlds.set('w1', sampleWorld({ max_order_notional: '1' }))
    const limited = serving.client.placeOrder({ body: sampleOrder({ strategy_id: id }) })
    await expect(limited).rejects.toMatchObject({ code: 'E_ORDER_LIMIT' })
    expect(await explain()).toMatchObject({
      first_closed: { gate: 'orders', opens_when: expect.any(String) as string },
    })
    serving.worlds.worlds.set('w2', sampleWorld({ world_id: 'w2' }))
    expect(await explain('w2')).toMatchObject({ first_closed: { gate: 'submitted-to' } })
    serving.worlds.failure = 'E_UNAVAILABLE'
    expect(await explain()).toMatchObject({ first_closed: { gate: 'world-service' } })
    await expect(serving.client.explain({ params: { strategy_id: 'nobody' }, query: {} })).rejects.toMatchObject({
      code: 'E_UNKNOWN_STRATEGY',
    })
  })
})
