import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { messageOf, type RouteImplementation } from '@qmtl/contracts'
import type { Metrics } from '../telemetry/metrics.ts'
import { openApiDocument } from './openapi.ts'

/** Resolves when the part answers, throws when it does not. */
export type ReadinessCheck = () => Promise<void>

interface ServiceRouteOptions {
  readonly title: string
  readonly version: string
  readonly routes: readonly RouteImplementation[]
  readonly metrics: Metrics
  readonly ready?: Readonly<Record<string, ReadinessCheck>>
}

/** The routes that every service has: liveness, readiness, metrics and its own description. */
export function mountServiceRoutes(app: FastifyInstance, options: ServiceRouteOptions): void {
  const { title, version, routes, metrics, ready = {} } = options
  let document: string | undefined

  app.get('/health', async () => ({ status: 'ok', service: title, version }))
  app.get('/ready', async (_request, reply) => {
    const checks = await runChecks(ready)
    const isReady = Object.values(checks).every((outcome) => outcome === 'ok')
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not-ready', checks })
  })
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics.exposition()
    return reply.type(contentType).send(text)
  })
  app.get('/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openApiDocument({ title, version, contracts: routes.map(({ contract }) => contract) }))
    return reply.type('application/json; charset=utf-8').send(document)
  })
}

const checkTimeoutMs = 3_000

async function runChecks(checks: Readonly<Record<string, ReadinessCheck>>): Promise<Record<string, string>> {
  const outcomes = await Promise.all(
    Object.entries(checks).map(async ([name, check]): Promise<[string, string]> => [name, await outcomeOf(check)]),
  )
  return Object.fromEntries(outcomes)
}

async function outcomeOf(check: ReadinessCheck): Promise<string> {
  const done = new AbortController()
  const late = sleep(checkTimeoutMs, `no answer in ${checkTimeoutMs} ms`, { signal: done.signal, ref: false })
  try {
    return await Promise.race([check().then(() => 'ok'), late.catch(() => 'ok')])
  } catch (thrown) {
    return messageOf(thrown)
  } finally {
    done.abort()
  }
}
