import { QmtlError, type DecisionEnvelope } from '@qmtl/contracts'
import { createFakeClock } from '@qmtl/contracts/testing'
import { expect, test } from 'vitest'
import { createReadingCache } from './reading-cache.ts'
import { createWorldReadings } from './world-readings.ts'

const decision: DecisionEnvelope = {
  world_id: 'w1',
  policy_version: 1,
  effective_mode: 'paper',
  reason: 'dryrun',
  as_of: '2024-01-01T00:00:00Z',
  dataset_fingerprint: null,
  ttl: '300s',
  etag: 'e',
}

/** A WorldService that answers as told and counts. */
function worldService() {
  const service = {
    calls: 0,
    answer: async (): Promise<unknown> => decision,
    decide: async () => {
      service.calls += 1
      return { status: 200, body: (await service.answer()) as DecisionEnvelope }
    },
    getWorld: () => Promise.reject(new QmtlError('E_UNAVAILABLE', 'not asked here')),
  }
  return service
}

const unavailable = async () => {
  throw new QmtlError('E_UNAVAILABLE', 'no answer')
}

function setUp() {
  const clock = createFakeClock()
  const worlds = worldService()
  return { clock, worlds, source: createWorldReadings(worlds, clock).decisions }
}

test('a decision is asked for once within its time to live, also by concurrent readers', async () => {
  const { clock, worlds, source } = setUp()
  const views = await Promise.all([source.read('w1', {}), source.read('w1', {})])
  clock.advance(299_999)
  expect(views).toEqual(Array(2).fill({ kind: 'fresh', value: decision, freshMs: 300_000 }))
  expect(await source.read('w1', {})).toEqual({ kind: 'fresh', value: decision, freshMs: 1 })
  expect(worlds.calls).toBe(1)
  clock.advance(1)
  await source.read('w1', {})
  expect(worlds.calls).toBe(2)
})

test('a failure gives the last decision as stale and never makes it fresh again', async () => {
  const { clock, worlds, source } = setUp()
  await source.read('w1', {})
  clock.advance(300_000)
  worlds.answer = unavailable
  expect(await source.read('w1', {})).toEqual({ kind: 'stale', value: decision })
  expect(await source.read('w1', {})).toEqual({ kind: 'stale', value: decision })
  expect(worlds.calls).toBe(3)
})

for (const [what, answer] of [
  ['a failure', unavailable],
  ['an unknown error', () => Promise.reject(new TypeError('boom'))],
  ['a malformed answer', async () => ({ ...decision, effective_mode: 'sim' })],
  ['the decision of another world', async () => ({ ...decision, world_id: 'w2' })],
  ['an unparsable time to live', async () => ({ ...decision, ttl: 'soon' })],
] as const) {
  test(`${what} without an earlier decision is unavailable`, async () => {
    const { worlds, source } = setUp()
    worlds.answer = answer
    expect(await source.read('w1', {})).toEqual({ kind: 'unavailable' })
  })
}

test('a refusal is passed on', async () => {
  const { worlds, source } = setUp()
  worlds.answer = async () => {
    throw new QmtlError('E_UNKNOWN_WORLD', 'w1')
  }
  await expect(source.read('w1', {})).rejects.toMatchObject({ code: 'E_UNKNOWN_WORLD' })
})

test('a decision of no duration is not kept', async () => {
  const { worlds, source } = setUp()
  worlds.answer = async () => ({ ...decision, ttl: '0s' })
  await source.read('w1', {})
  await source.read('w1', {})
  expect(worlds.calls).toBe(2)
})

test('what was forgotten is asked for again, and an answer from before is not kept', async () => {
  const { worlds, source } = setUp()
  let answer: (body: unknown) => void = () => undefined
  worlds.answer = () => new Promise((resolve) => (answer = resolve))
  const early = source.read('w1', {})
  source.forget('w1')
  const late = source.read('w1', {})
  const second = answer
  second({ ...decision, etag: 'new' })
  expect(await late).toMatchObject({ value: { etag: 'new' } })
  void early
  expect(await source.read('w1', {})).toMatchObject({ value: { etag: 'new' } })
  expect(worlds.calls).toBe(2)
})

test('the entry read longest ago is dropped when too many are kept', async () => {
  const asked: string[] = []
  const ask = async (key: string) => {
    asked.push(key)
    return key
  }
  const cache = createReadingCache({ ask, ttlMs: () => 1_000, clock: createFakeClock(), maxEntries: 2 })
  for (const key of ['a', 'b', 'c', 'a', 'c']) await cache.read(key, {})
  expect(asked).toEqual(['a', 'b', 'c', 'a'])
})
