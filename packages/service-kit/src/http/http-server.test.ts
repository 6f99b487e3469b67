import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { Type } from 'typebox'
import { afterEach, describe, expect, test } from 'vitest'
import { defineRoute, implement, QmtlError, type Caller, type RouteImplementation } from '@qmtl/contracts'
import { createLogger } from '../telemetry/logger.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createDeferred } from '../testing/deferred.ts'
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts'

const closed = { additionalProperties: false } as const

const echo = implement(
  defineRoute({
    method: 'POST',
    path: '/things/:thing_id',
    summary: 'Gives back what came',
    role: 'operator',
    params: Type.Object({ thing_id: Type.String() }, closed),
    query: Type.Object({ limit: Type.Optional(Type.Integer()) }, closed),
    body: Type.Object({ name: Type.String(), meta: Type.Optional(Type.Unknown()) }, closed),
    status: 202,
    response: Type.Unknown(),
    errors: ['E_DUPLICATE'],
  }),
  async ({ params, query, body }, { requestId, caller }) => ({
    body: { params, query, body, requestId, sub: caller.sub },
  }),
)

const failing = (path: string, thrown: Error): RouteImplementation =>
  implement(
    defineRoute({ method: 'GET', path, summary: 'Fails', role: 'public', response: Type.Unknown(), errors: [] }),
    () => Promise.reject(thrown),
  )

const running: HttpServer[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
})

async function serve(options: Partial<HttpServerOptions> = {}) {
  const lines: string[] = []
  const log = createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } })
  const server = createHttpServer({
    title: 'test',
    version: '1.2.3',
    routes: [echo, failing('/crash', new Error('secret internals')), failing('/busy', busy)],
    port: 0,
    log,
    metrics: createMetrics(),
    ...options,
  })
  running.push(server)
  const { url } = await server.start()
  const post = (body: RequestInit['body'], init: { path?: string; headers?: Record<string, string> } = {}) =>
    fetch(`${url}${init.path ?? '/things/a%2Fb?limit=3'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...init.headers },
      body: body ?? null,
    })
  return { server, url, post, lines }
}

const busy = new QmtlError('E_DEGRADED', 'too much', { details: { retry_after_s: 1.5, queue: 'x' } })

describe('a request', () => {
  test('reaches its route validated and is answered with its request id', async () => {
    const { post } = await serve()
    const answer = await post('{"name":"x","meta":{"free":[1]}}', { headers: { 'x-correlation-id': 'id-1' } })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('x-correlation-id')).toBe('id-1')
    expect(await answer.json()).toEqual({
      params: { thing_id: 'a/b' },
      query: { limit: 3 },
      body: { name: 'x', meta: { free: [1] } },
      requestId: 'id-1',
      sub: 'local',
    })
  })

  test('gets a new id when it brings none, or one unfit for a log line', async () => {
    const { post } = await serve()
    const ids = [
      await post('{"name":"x"}'),
      await post('{"name":"x"}', { headers: { 'x-correlation-id': 'a b' } }),
    ].map((answer) => answer.headers.get('x-correlation-id') ?? '')
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('may be nested as deep as allowed, begin with a byte order mark and name a constructor', async () => {
    const { post } = await serve()
    const meta = `{"constructor":${'['.repeat(62)}${']'.repeat(62)}}`
    const answer = await post(`\uFEFF{"name":"x","meta":${meta}}`)
    expect(answer.status).toBe(202)
    expect(await answer.json()).toMatchObject({ body: { meta: JSON.parse(meta) as unknown } })
  })
  test('may be compressed', async () => {
    const { post } = await serve()
    const answer = await post(gzipSync('{"name":"zipped"}'), { headers: { 'content-encoding': 'gzip' } })
    expect(await answer.json()).toMatchObject({ body: { name: 'zipped' } })
  })

  const long = `{"name":"${'x'.repeat(2_000)}"}`
  const refusals: readonly [
    string,
    { body: RequestInit['body']; path?: string; headers?: Record<string, string> },
    number,
    string,
  ][] = [
    ['with malformed JSON', { body: '{"name":' }, 400, 'E_INVALID_JSON'],
    ['with a poisoned object', { body: '{"name":"x","__proto__":{"a":1}}' }, 400, 'E_INVALID_JSON'],
    [
      'with a poisoned object deep inside',
      { body: '{"name":"x","meta":[{"\\u005f_proto__":1}]}' },
      400,
      'E_INVALID_JSON',
    ],
    [
      'with a poisoned constructor',
      { body: '{"name":"x","meta":{"constructor":{"prototype":{}}}}' },
      400,
      'E_INVALID_JSON',
    ],
    ['nested too deep', { body: `{"name":"x","meta":${'['.repeat(65)}${']'.repeat(65)}}` }, 400, 'E_INVALID_JSON'],
    ['with an unknown member', { body: '{"name":"x","nmae":1}' }, 422, 'E_INVALID_REQUEST'],
    ['with an unknown query member', { body: '{"name":"x"}', path: '/things/a?limt=1' }, 422, 'E_INVALID_REQUEST'],
    ['without a body', { body: undefined }, 422, 'E_INVALID_REQUEST'],
    ['over the limit', { body: long }, 413, 'E_TOO_LARGE'],
    [
      'over the limit once unpacked',
      { body: gzipSync(long), headers: { 'content-encoding': 'gzip' } },
      413,
      'E_TOO_LARGE',
    ],
    ['with broken gzip', { body: 'no gzip', headers: { 'content-encoding': 'gzip' } }, 415, 'E_MEDIA_TYPE'],
    ['with an unknown encoding', { body: '{}', headers: { 'content-encoding': 'br' } }, 415, 'E_MEDIA_TYPE'],
    ['in another format', { body: 'x', headers: { 'content-type': 'text/plain' } }, 415, 'E_MEDIA_TYPE'],
    ['to an unknown path', { body: '{}', path: '/nothing' }, 404, 'E_NOT_FOUND'],
    ['by a wrong method', { body: '{}', path: '/crash' }, 405, 'E_METHOD_NOT_ALLOWED'],
    [
      'from a page of elsewhere',
      { body: '{}', headers: { origin: 'http://evil.example' } },
      403,
      'E_PERMISSION_DENIED',
    ],
  ]
  for (const [name, { body, ...init }, status, code] of refusals) {
    test(`${name} is refused with ${status} ${code}`, async () => {
      const { post } = await serve({ bodyLimitBytes: 1_000 })
      const answer = await post(body, init)
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      const problem: unknown = await answer.json()
      expect(problem).toMatchObject({ status, code, type: `urn:qmtl:error:${code}` })
      expect(problem).toMatchObject({ instance: answer.headers.get('x-correlation-id') })
      expect(answer.status).toBe(status)
    })
  }

  test('to a name that was made to point here is refused', async () => {
    const { url } = await serve()
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${url}/health`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  })
})

describe('a failure', () => {
  test('that nobody expected shows no internals and is logged with the request id', async () => {
    const { url, lines } = await serve()
    const answer = await fetch(`${url}/crash`, { headers: { 'x-correlation-id': 'crash-1' } })
    const body = await answer.text()
    expect(answer.status).toBe(500)
    expect(body).not.toContain('secret internals')
    expect(JSON.parse(lines.join(''))).toMatchObject({
      event: 'request-failed',
      request_id: 'crash-1',
      route: '/crash',
      error: { message: 'secret internals' },
    })
  })

  test('that says when to try again sets Retry-After and shows its details', async () => {
    const { url } = await serve()
    const answer = await fetch(`${url}/busy`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(await answer.json()).toMatchObject({ code: 'E_DEGRADED', queue: 'x' })
  })
})

describe('a caller', () => {
  const authenticate = async ({ headers }: { headers: { authorization?: string | undefined } }): Promise<Caller> => {
    const role = headers.authorization
    if (role !== 'reader' && role !== 'operator' && role !== 'owner')
      throw new QmtlError('E_UNAUTHENTICATED', 'no token')
    return { sub: 'somebody', roles: [role] }
  }
  const cases = [
    ['', 401],
    ['reader', 403],
    ['operator', 202],
    ['owner', 202],
  ] as const
  for (const [authorization, status] of cases) {
    test(`with the role '${authorization}' gets ${status} from a route for operators`, async () => {
      const { post } = await serve({ authenticate })
      expect((await post('{"name":"x"}', { headers: { authorization } })).status).toBe(status)
    })
  }
})

describe('beside its routes the server', () => {
  test('tells that it lives, whether it is ready and what it measured', async () => {
    let up = true
    const ready = { database: () => (up ? Promise.resolve() : Promise.reject(new Error('down'))) }
    const { url, post } = await serve({ ready })
    await post('{"name":"x"}')
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok', service: 'test', version: '1.2.3' })
    expect(await (await fetch(`${url}/ready`)).json()).toEqual({ status: 'ready', checks: { database: 'ok' } })
    up = false
    const notReady = await fetch(`${url}/ready`)
    expect([notReady.status, await notReady.json()]).toEqual([
      503,
      { status: 'not-ready', checks: { database: 'down' } },
    ])
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain(
      'qmtl_http_request_duration_seconds_count{method="POST",route="/things/:thing_id",status="202"} 1',
    )
  })

  test('describes its routes as OpenAPI 3.1', async () => {
    const { url } = await serve()
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/things/{thing_id}': {
          post: {
            parameters: [
              { name: 'thing_id', in: 'path', required: true },
              { name: 'limit', in: 'query', required: false },
            ],
            requestBody: {
              content: { 'application/json': { schema: { type: 'object', additionalProperties: false } } },
            },
            responses: { 202: {}, 409: {}, 422: {}, 500: {} },
          },
        },
      },
    })
  })
})

describe('the server', () => {
  test('names a port that is taken', async () => {
    const { url } = await serve()
    const port = Number(new URL(url).port)
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'E_PORT_IN_USE',
      message: `127.0.0.1:${port} is taken`,
    })
  })

  test('finishes a running request before it stops', async () => {
    const gate = createDeferred()
    const entered = createDeferred()
    const slow = implement(
      defineRoute({
        method: 'GET',
        path: '/slow',
        summary: 'Waits',
        role: 'public',
        response: Type.Unknown(),
        errors: [],
      }),
      async () => {
        entered.resolve()
        await gate.promise
        return { body: 'done' }
      },
    )
    const { url, server } = await serve({ routes: [slow] })
    const answer = fetch(`${url}/slow`)
    await entered.promise
    const stopping = server.stop()
    gate.resolve()
    expect(await (await answer).json()).toBe('done')
    await stopping
    await expect(fetch(`${url}/slow`)).rejects.toThrow()
  })

  test('cuts what runs past the deadline, tells its handler, and closes upgraded sockets', async () => {
    const entered = createDeferred<AbortSignal>()
    const endless = implement(
      defineRoute({
        method: 'GET',
        path: '/endless',
        summary: 'Never',
        role: 'public',
        response: Type.Unknown(),
        errors: [],
      }),
      (_request, { signal }) => {
        entered.resolve(signal)
        return new Promise(() => undefined)
      },
    )
    const upgraded = createDeferred()
    const upgrades = { onUpgrade: () => upgraded.resolve(), stop: async () => undefined }
    const { url, server } = await serve({ routes: [endless], stopTimeoutMs: 20, upgrades })
    const cut = fetch(`${url}/endless`).catch((error: unknown) => error)
    const signal = await entered.promise
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const socketClosed = new Promise((resolve) => socket.once('close', resolve))
    socket.write('GET /ws HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    socket.on('error', () => undefined)
    await upgraded.promise
    await server.stop()
    await server.stop()
    expect(await cut).toBeInstanceOf(TypeError)
    await socketClosed
    await aborted
  })

  test('has upgraded connections ended before the deadline, and outlives one that breaks', async () => {
    const sockets: Duplex[] = []
    const both = createDeferred()
    const upgrades = {
      onUpgrade(_request: unknown, socket: Duplex) {
        sockets.push(socket)
        if (sockets.length === 2) both.resolve()
      },
      stop: async () => sockets.forEach((socket) => socket.end('goodbye')),
    }
    const { url, server } = await serve({ upgrades, stopTimeoutMs: 60_000 })
    const [broken, whole] = [0, 1].map(() => connect(Number(new URL(url).port), '127.0.0.1'))
    for (const socket of [broken, whole]) {
      socket?.write('GET /ws HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    }
    await both.promise
    broken?.resetAndDestroy()
    const [heard] = await Promise.all([whole?.setEncoding('utf8').toArray(), server.stop()])
    expect(heard).toEqual(['goodbye'])
  })
})
