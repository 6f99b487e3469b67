import { createFakeClock } from '@qmtl/contracts/testing'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { createStreamTickets, grantedTopics } from './stream-tickets.ts'

const scope = { worldId: 'w1', strategyId: 's1', topics: ['activation', 'orders'] as const }

test('a ticket gives back the scope it was issued for', async () => {
  const tickets = createStreamTickets(createFakeClock(), 300_000)
  const { token, expiresAtMs } = await tickets.issue(scope, 'olga')
  expect(await tickets.verify(token)).toEqual({ scope, subject: 'olga', expiresAtMs })
  expect(expiresAtMs).toBe(1_704_067_500_000)
  const open = await tickets.issue({ worldId: 'w1', topics: ['queue'] }, 'olga')
  expect((await tickets.verify(open.token)).scope).toEqual({ worldId: 'w1', topics: ['queue'] })
})

test('anybody can check a ticket with the public keys, which hold nothing private', async () => {
  const clock = createFakeClock()
  const tickets = createStreamTickets(clock, 300_000)
  const { token } = await tickets.issue(scope, 'olga')
  const [key] = await tickets.publicKeys()
  expect(Object.keys(key!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: key!.kid })
  const { payload } = await jwtVerify(token, await importJWK(key!), { currentDate: new Date(clock.now()) })
  expect(payload).toMatchObject({ aud: 'controlbus', sub: 'olga', world_id: 'w1', strategy_id: 's1' })
})

test('an expired, foreign, altered or unsigned ticket is refused', async () => {
  const clock = createFakeClock()
  const tickets = createStreamTickets(clock, 300_000)
  const { token } = await tickets.issue(scope, 'olga')
  const foreign = await createStreamTickets(clock, 300_000).issue(scope, 'olga')
  const [header, payload, signature] = token.split('.')
  const other = Buffer.from(
    JSON.stringify({ aud: 'controlbus', world_id: 'w2', topics: ['orders'], exp: 9e9 }),
  ).toString('base64url')
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  for (const bad of [
    '',
    'x',
    foreign.token,
    [header, other, signature].join('.'),
    `${none}.${other}.`,
    `${none}.${payload}.${signature}`,
  ]) {
    await expect(tickets.verify(bad)).rejects.toMatchObject({ code: 'E_UNAUTHENTICATED' })
  }
  clock.advance(300_001)
  await expect(tickets.verify(token)).rejects.toMatchObject({ code: 'E_UNAUTHENTICATED' })
})

test('topics are read by their aliases, and one known topic is enough', () => {
  expect(grantedTopics(['Queues', 'queue', 'orders', 'weather'])).toEqual(['queue', 'orders'])
  expect(() => grantedTopics(['weather'])).toThrow(expect.objectContaining({ code: 'E_TOPICS' }))
})
