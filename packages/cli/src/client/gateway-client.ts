import {
  createClient,
  fetchTransport,
  gatewayRoutes,
  messageOf,
  QmtlError,
  worldRoutes,
  type Client,
  type RouteContract,
  type Transport,
} from '@qmtl/contracts'
import { Value } from 'typebox/value'

/** A Gateway that is running somewhere. */
export interface GatewayClient {
  readonly url: string
  readonly strategies: Client<typeof gatewayRoutes>
  readonly worlds: Client<typeof worldRoutes>
}

export interface GatewayClientOptions {
  readonly url: string
  /** How long an answer may take because it was asked to wait, in milliseconds. */
  readonly waitMs?: number
  /** Ends every call when it is aborted. */
  readonly signal: AbortSignal
}

/** Longest time for an answer beyond what it was asked to wait. */
const patienceMs = 15_000

/**
 * The typed clients of a Gateway. Calls throw what the Gateway refused, `E_UNAVAILABLE` where nothing listens or something
 * else does, and `E_TIMEOUT` for an answer that does not come.
 */
export function connectGateway({ url, waitMs = 0, signal }: GatewayClientOptions): GatewayClient {
  const bare = fetchTransport({ baseUrl: url, fetch: globalThis.fetch, timeoutMs: waitMs + patienceMs })
  const transport: Transport = async (contract, request, options) => {
    const reply = await bare(contract, request, { signal: options.signal ?? signal }).catch((thrown: unknown) => {
      throw signal.aborted ? signal.reason : connectionError(thrown, url)
    })
    checkReply(contract, reply.body, url)
    return reply
  }
  return {
    url,
    strategies: createClient(gatewayRoutes, transport),
    worlds: createClient(worldRoutes, transport),
  }
}

/** What a caller is told of a connection that failed; an answer of the Gateway stays as it is. */
function connectionError(thrown: unknown, url: string): unknown {
  const isAnswer = thrown instanceof QmtlError && thrown.cause === undefined
  if (isAnswer || (thrown instanceof QmtlError && thrown.code !== 'E_UNAVAILABLE')) return thrown
  return new QmtlError('E_UNAVAILABLE', `no Gateway answers at ${url}`, {
    errors: [{ path: '', message: rootMessage(thrown) }],
    hint: 'start one with qmtl dev, or name another with --url',
    cause: thrown,
  })
}

/** The innermost reason: `fetch failed` says nothing, `connect ECONNREFUSED 127.0.0.1:8000` does. */
function rootMessage(thrown: unknown): string {
  const inner = thrown instanceof Error ? thrown.cause : undefined
  if (inner === undefined) return messageOf(thrown)
  const text = rootMessage(inner)
  return text === '' ? messageOf(thrown) : text
}

/** Something else may listen on the port, or a Gateway of another release: members it has more are no harm. */
function checkReply({ method, path, response }: RouteContract, body: unknown, url: string): void {
  if (Value.Check(response, body) || Value.Check(response, Value.Clean(response, Value.Clone(body)))) return
  throw new QmtlError('E_UNAVAILABLE', `what answers ${method} ${path} at ${url} is no Gateway of this release`, {
    hint: 'look at what runs there, or name another with --url',
  })
}
