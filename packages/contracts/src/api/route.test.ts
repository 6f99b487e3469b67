import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { QmtlError } from '../errors/qmtl-error.ts'
import { problemOf } from '../errors/problem.ts'
import { closed } from '../json/schemas.ts'
import { createClient, fetchTransport, inProcessTransport, urlOf } from './client.ts'
import { implement } from './implement.ts'
import { defineRoute } from './route.ts'

const contracts = {
  addBars: defineRoute({
    method: 'POST',
    path: '/series/:name/bars',
    summary: 'adds bars',
    role: 'operator',
    params: Type.Object({ name: Type.String({ pattern: '^[a-z/ ]+$' }) }, closed),
    query: Type.Object(
      { limit: Type.Optional(Type.Integer({ minimum: 1 })), flag: Type.Optional(Type.Boolean()) },
      closed,
    ),
    headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
    body: Type.Object({ window: Type.Integer({ minimum: 2 }), mode: Type.Enum(['any', 'all']) }, closed),
    status: 201,
    response: Type.Object({ seen: Type.Unknown() }, closed),
    errors: ['E_NOT_FOUND'],
  }),
} as const

const routes = [
  implement(contracts.addBars, async (request) => {
    if (request.params.name === 'gone') throw new QmtlError('E_NOT_FOUND', 'gone', { details: { name: 'gone' } })
    return { body: { seen: request }, headers: { etag: 'e1' } }
  }),
]
const caller = { sub: 'test', roles: ['operator'] as const }
const good = { params: { name: 'a' }, query: {}, headers: {}, body: { window: 2, mode: 'any' as const } }

/** Serves the routes behind a `fetch`, as an HTTP server would: texts in path and query, problem documents out. */
const overFetch: typeof fetch = async (input, init) => {
  const url = new URL(typeof input === 'string' ? input : input instanceof URL ? input.href : input.url)
  const name = decodeURIComponent(url.pathname.split('/')[2] ?? '')
  const headers = Object.fromEntries(new Headers(init?.headers))
  const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as unknown
  try {
    const context = { requestId: 'r1', caller, signal: new AbortController().signal }
    const raw = { params: { name }, query: Object.fromEntries(url.searchParams), headers, body }
    const reply = await routes[0]!.call(raw, context)
    return new Response(JSON.stringify(reply.body), { status: reply.status, headers: reply.headers })
  } catch (thrown) {
    const problem = problemOf(thrown, 'r1')
    return new Response(JSON.stringify(problem), { status: problem.status })
  }
}

const transports = [
  ['in process', inProcessTransport(routes, caller)],
  ['over HTTP', fetchTransport({ baseUrl: 'http://127.0.0.1:1/', fetch: overFetch })],
] as const

describe.each(transports)('a route called %s', (_, transport) => {
  const client = createClient(contracts, transport)

  test('gets its request validated and typed, and answers status, headers and body', async () => {
    const reply = await client.addBars({ ...good, query: { limit: 5, flag: true }, headers: { 'if-match': 'x' } })
    expect(reply.status).toBe(201)
    expect(reply.headers?.['etag']).toBe('e1')
    expect(reply.body.seen).toMatchObject({
      params: { name: 'a' },
      query: { limit: 5, flag: true },
      headers: { 'if-match': 'x' },
    })
  })

  test('refuses every wrong place at once, with the value and a suggestion', async () => {
    const body = { window: 1, mode: 'some', widnow: 3 } as never
    await expect(client.addBars({ ...good, query: { limit: 0 }, body })).rejects.toMatchObject({
      code: 'E_INVALID_REQUEST',
      errors: expect.arrayContaining([
        expect.objectContaining({ path: '/query/limit' }),
        expect.objectContaining({ path: '/window', value: 1 }),
        expect.objectContaining({ path: '/mode', value: 'some' }),
        expect.objectContaining({ path: '/widnow', message: "is not known; did you mean 'window'?" }),
      ]) as unknown,
    })
  })

  test('passes a refusal on with its code and details', async () => {
    await expect(client.addBars({ ...good, params: { name: 'gone' } })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
      details: { name: 'gone' },
    })
  })
})

describe('a query member is read as its schema says, and never guessed', () => {
  const called = async (query: unknown) => {
    const context = { requestId: 'r1', caller, signal: new AbortController().signal }
    const { body } = await routes[0]!.call({ ...good, query }, context)
    return body
  }

  test.each([
    [{ limit: '5' }, { limit: 5 }],
    [{ limit: '007' }, { limit: 7 }],
    [{ limit: 5 }, { limit: 5 }],
    [{ flag: 'true' }, { flag: true }],
    [{ flag: 'false' }, { flag: false }],
    [{ limit: undefined }, {}],
  ])('%j', async (query, read) => {
    expect(await called(query)).toEqual({ seen: { ...good, query: read } })
  })

  test.each([
    [{ limit: '' }],
    [{ limit: ' 5' }],
    [{ limit: '1.5' }],
    [{ limit: '1e3' }],
    [{ limit: '0x10' }],
    [{ limit: 'true' }],
    [{ limit: true }],
    [{ limit: null }],
    [{ limit: ['5', '6'] }],
    [{ limit: '9007199254740993' }],
    [{ limit: 5.5 }],
    [{ flag: '1' }],
    [{ flag: 'TRUE' }],
    [{ flag: '' }],
    [{ flag: 1 }],
  ])('%j is refused', async (query) => {
    const [path] = Object.keys(query)
    await expect(called(query)).rejects.toMatchObject({
      code: 'E_INVALID_REQUEST',
      errors: [expect.objectContaining({ path: `/query/${path}` })],
    })
  })

  test('a member named like the prototype is unknown', async () => {
    await expect(called(JSON.parse('{"__proto__":{"limit":"7"}}'))).rejects.toMatchObject({
      errors: [expect.objectContaining({ path: '/query/__proto__' })],
    })
  })
})

test('path members are escaped and lists joined', () => {
  const request = { params: { name: 'a/b c' }, query: { limit: 5, tags: ['x', 'y'], none: undefined } }
  expect(urlOf('http://h', contracts.addBars, request)).toBe('http://h/series/a%2Fb%20c/bars?limit=5&tags=x%2Cy')
})

test('a refused connection is unavailable, a silent one a time-out', async () => {
  const refused = fetchTransport({ baseUrl: 'http://h', fetch: () => Promise.reject(new TypeError('refused')) })
  await expect(createClient(contracts, refused).addBars(good)).rejects.toMatchObject({ code: 'E_UNAVAILABLE' })
  const silent: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
  const late = fetchTransport({ baseUrl: 'http://h', fetch: silent, timeoutMs: 5 })
  await expect(createClient(contracts, late).addBars(good)).rejects.toMatchObject({ code: 'E_TIMEOUT' })
})

test('a connection that breaks in the middle of an answer is unavailable, one that stalls a time-out', async () => {
  const failing = (text: () => Promise<string>): typeof fetch => {
    const response = new Response('')
    Object.defineProperty(response, 'text', { value: text })
    return () => Promise.resolve(response)
  }
  const cut = fetchTransport({ baseUrl: 'http://h', fetch: failing(() => Promise.reject(new TypeError('terminated'))) })
  await expect(createClient(contracts, cut).addBars(good)).rejects.toMatchObject({ code: 'E_UNAVAILABLE' })
  const stalled: typeof fetch = (_, init) => {
    const text = () =>
      new Promise<string>((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      )
    return failing(text)('')
  }
  const late = fetchTransport({ baseUrl: 'http://h', fetch: stalled, timeoutMs: 5 })
  await expect(createClient(contracts, late).addBars(good)).rejects.toMatchObject({ code: 'E_TIMEOUT' })
})

test.each(['.', '..'])('a path member %j, which a URL would swallow, is refused', (name) => {
  expect(() => urlOf('http://h', contracts.addBars, { params: { name } })).toThrow(
    expect.objectContaining({ code: 'E_INVALID_REQUEST', errors: [expect.objectContaining({ path: '/params/name' })] }),
  )
})

test('an unexpected failure shows no internals', () => {
  expect(problemOf(new Error('secret path'), 'r1')).toMatchObject({
    code: 'E_INTERNAL',
    detail: 'an unexpected failure',
    status: 500,
  })
})
