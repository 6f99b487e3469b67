import { createClient, inProcessTransport, worldRoutes, type Caller } from '@qmtl/contracts'
import { createFakeClock } from '@qmtl/contracts/testing'
import { describe, expect, test } from 'vitest'
import { createFakeWorldService, sampleWorld } from '../testing/fake-services.ts'
import { forwardWorldRoutes } from './forward-world-routes.ts'
import { createWorldReadings } from './world-readings.ts'

function setUp() {
  const clock = createFakeClock()
  const upstream = createFakeWorldService()
  const callers: Caller[] = []
  const routes = forwardWorldRoutes({
    worldsAs(caller) {
      callers.push(caller)
      return upstream.transport
    },
    readings: createWorldReadings(upstream.client, clock),
  })
  const caller: Caller = { sub: 'olga', roles: ['owner'] }
  return { clock, upstream, callers, routes, client: createClient(worldRoutes, inProcessTransport(routes, caller)) }
}

const inW1 = { params: { world_id: 'w1' } }

describe('WorldService behind the edge', () => {
  test('is there with every route', () => {
    expect(setUp().routes.map((route) => route.contract)).toEqual(Object.values(worldRoutes))
  })
  test('answers under its own paths, in the name of the caller', async () => {
    const { client, callers } = setUp()
    expect((await client.getWorld(inW1)).body).toEqual(sampleWorld())
    expect(callers).toEqual([{ sub: 'olga', roles: ['owner'] }])
  })
  test('refuses through the edge with its own code, and a wrong request is refused before it', async () => {
    const { client, upstream } = setUp()
    await expect(client.getWorld({ params: { world_id: 'nowhere' } })).rejects.toMatchObject({
      code: 'E_UNKNOWN_WORLD',
    })
    upstream.calls.clear()
    await expect(client.getWorld({ params: { world_id: 'no such!' } })).rejects.toMatchObject({
      code: 'E_INVALID_REQUEST',
    })
    expect(upstream.calls.size).toBe(0)
  })
})

describe('a decision', () => {
  test('is asked for once while it lives, and again after a change of the world', async () => {
    const { client, upstream } = setUp()
    await client.decide(inW1)
    await client.decide(inW1)
    expect(upstream.calls.get(worldRoutes.decide.path)).toBe(1)
    upstream.mode = 'validate'
    await client.addBindings({ ...inW1, body: { strategies: ['s1'] } })
    expect((await client.decide(inW1)).body.effective_mode).toBe('validate')
  })
  test('says how much longer it may be used, not how long it might have been', async () => {
    const { client, clock } = setUp()
    expect(await client.decide(inW1)).toMatchObject({
      body: { ttl: '300s' },
      headers: { 'cache-control': 'max-age=300', etag: '"d1"' },
    })
    clock.advance(299_001)
    expect(await client.decide(inW1)).toMatchObject({
      body: { ttl: '0s' },
      headers: { 'cache-control': 'max-age=0', etag: '"d1"' },
    })
    clock.advance(999)
    expect((await client.decide(inW1)).body.ttl).toBe('300s')
  })
  test('left over after a failure grants nothing and says that it is stale', async () => {
    const { client, upstream, clock } = setUp()
    await client.decide(inW1)
    clock.advance(300_000)
    upstream.failure = 'E_UNAVAILABLE'
    const { body, headers } = await client.decide(inW1)
    expect(body).toMatchObject({ effective_mode: 'compute-only', policy_version: 1 })
    expect(headers).toEqual({ warning: '110 - "Response is stale"', 'x-stale': 'true' })
  })
  test('that was never there is unavailable', async () => {
    const { client, upstream } = setUp()
    upstream.failure = 'E_TIMEOUT'
    await expect(client.decide(inW1)).rejects.toMatchObject({ code: 'E_UNAVAILABLE' })
  })
})

describe('an apply', () => {
  const body = (domain?: 'live' | 'dryrun') => ({ run_id: 'r1', ...(domain === undefined ? {} : { domain }) })
  test('to paper needs no confirmation', async () => {
    const { client } = setUp()
    expect((await client.apply({ ...inW1, headers: {}, body: body() })).body.ok).toBe(true)
    expect((await client.apply({ ...inW1, headers: {}, body: body('dryrun') })).body.ok).toBe(true)
  })
  for (const [value, passes] of [
    [undefined, false],
    ['no', false],
    ['True', true],
  ] as const) {
    test(`to live with x-allow-live ${value ?? 'left out'} ${passes ? 'passes' : 'is refused'}`, async () => {
      const { client } = setUp()
      const headers = value === undefined ? {} : { 'x-allow-live': value }
      const applied = client.apply({ ...inW1, headers, body: body('live') })
      if (passes) expect((await applied).body.ok).toBe(true)
      else await expect(applied).rejects.toMatchObject({ code: 'E_PERMISSION_DENIED' })
    })
  }
})
