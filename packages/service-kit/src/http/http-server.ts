import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { QmtlError, type RouteImplementation } from '@qmtl/contracts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { createForeignPageCheck } from './foreign-pages.ts'
import { readJsonBodies } from './json-bodies.ts'
import { answerFailure, answerUnknownRoute } from './problem-answers.ts'
import { mountRoute, type Authenticate } from './mount-route.ts'
import { mountServiceRoutes, type ReadinessCheck } from './service-routes.ts'

export interface HttpServerOptions {
  /** Named in the OpenAPI document. */
  readonly title: string
  readonly version: string
  readonly routes: readonly RouteImplementation[]
  /** 127.0.0.1 unless given: a port that anyone may call is a decision of the configuration. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port: number
  readonly log: Logger
  readonly metrics: Metrics
  /** Who calls; throws `E_UNAUTHENTICATED`. Without it every caller is the owner, which only a loopback port may allow. */
  readonly authenticate?: Authenticate
  /** Asked by `/ready`: a check that throws, or is silent for 3 s, makes the service not ready. */
  readonly ready?: Readonly<Record<string, ReadinessCheck>>
  /** Bytes of a body, also after decompression; default 8 MiB. Over it: `E_TOO_LARGE`. */
  readonly bodyLimitBytes?: number
  /** How long `stop` lets running requests finish, in milliseconds; default 8 s, which is within what a lifecycle gives. */
  readonly stopTimeoutMs?: number
  /** Takes over WebSocket upgrades; without it they are refused. */
  readonly upgrades?: Upgrades
}

/** Whoever speaks another protocol than HTTP on a server's connections. */
export interface Upgrades {
  /** Takes over the connection. A socket that breaks is closed; its errors need no listener. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Takes no more and ends those it has with a word of goodbye; idempotent. */
  stop(): Promise<void>
}

/** Routes over HTTP, with `/health`, `/ready`, `/metrics` and `/openapi.json` beside them. */
export interface HttpServer {
  /** Resolves with the address once it listens; `E_PORT_IN_USE` when the port is taken. */
  start(): Promise<{ readonly url: string; readonly port: number }>
  /**
   * Refuses new connections, has upgraded ones ended and lets running requests finish until the deadline, then closes what
   * is left; idempotent.
   */
  stop(): Promise<void>
}

const defaultHost = '127.0.0.1'
const bodyLimit = 8 * 1024 * 1024
const stopTimeout = 8_000

/**
 * The HTTP edge of a service. Every answer carries `x-correlation-id` (the caller's, or a new one); every failure is
 * `application/problem+json`, and an unexpected one shows no internals but is logged with that id.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const app = createApp(options)
  const upgraded = new Set<Duplex>()
  acceptUpgrades(app.server, upgraded, options.upgrades)
  let stopping: Promise<void> | undefined

  return {
    async start() {
      const { host = defaultHost, port } = options
      try {
        await app.listen({ host, port })
      } catch (cause) {
        throw portInUse(cause) ? new QmtlError('E_PORT_IN_USE', `${host}:${port} is taken`, { cause }) : cause
      }
      const address = app.server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound }
    },
    stop: () => (stopping ??= stopServer(app, upgraded, options)),
  }
}

function createApp(options: HttpServerOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: silentFastifyLogger,
    bodyLimit: options.bodyLimitBytes ?? bodyLimit,
    genReqId: requestIdOf,
    // While stopping, requests on open connections are still served: their callers see no difference.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1_024 },
    frameworkErrors: (error, request, reply) => void answerFailure(options, error, request, reply),
  })
  const seconds = options.metrics.histogram({
    name: 'qmtl_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labels: ['method', 'route', 'status'],
  })
  const foreignPageFault =
    options.authenticate === undefined ? createForeignPageCheck(options.host ?? defaultHost) : undefined
  app.addHook('onRequest', (request, reply, next) => {
    void reply.header('x-correlation-id', request.id)
    next(foreignPageFault?.(request.headers))
  })
  app.addHook('onResponse', (request, reply, next) => {
    const route = request.routeOptions.url ?? 'unknown'
    seconds.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000)
    next()
  })
  app.setErrorHandler((error, request, reply) => answerFailure(options, error, request, reply))
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => answerUnknownRoute(options, request, reply))
  readJsonBodies(app)
  for (const route of options.routes) mountRoute(app, route, options.authenticate)
  mountServiceRoutes(app, options)
  return app
}

const requestId = /^[\w.:+/=-]{1,128}$/

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-correlation-id']
  return typeof given === 'string' && requestId.test(given) ? given : randomUUID()
}

function acceptUpgrades(server: Server, upgraded: Set<Duplex>, upgrades: Upgrades | undefined): void {
  if (upgrades === undefined) return
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    // The server listens no more, and an error that nobody listens to ends the process.
    socket.on('error', nothing)
    upgrades.onUpgrade(request, socket, head)
  })
}

async function stopServer(
  app: FastifyInstance,
  upgraded: ReadonlySet<Duplex>,
  { upgrades, stopTimeoutMs = stopTimeout }: HttpServerOptions,
): Promise<void> {
  const deadline = setTimeout(() => {
    app.server.closeAllConnections()
    // Upgraded sockets have left the server's own list, yet it waits for them.
    for (const socket of upgraded) socket.destroy()
  }, stopTimeoutMs)
  try {
    await Promise.all([app.close(), upgrades?.stop()])
  } finally {
    clearTimeout(deadline)
  }
}

function portInUse(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE'
}

const nothing = (): void => undefined
/** Fastify's own lines are not wanted: requests are metrics, failures are logged where they are answered. */
const silentFastifyLogger: FastifyBaseLogger = {
  level: 'silent',
  fatal: nothing,
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  silent: nothing,
  child: () => silentFastifyLogger,
}
