import {
  domainOfMode,
  implement,
  isJsonObject,
  QmtlError,
  worldRoutes,
  type Caller,
  type DecisionEnvelope,
  type RawRequest,
  type RouteContract,
  type RouteImplementation,
  type Transport,
} from '@qmtl/contracts'
import type { Reading } from './reading-cache.ts'
import type { WorldReadings } from './world-readings.ts'

export interface WorldForwardingPorts {
  /** WorldService in the name of a caller. */
  readonly worldsAs: (caller: Caller) => Transport
  readonly readings: WorldReadings
}

/**
 * Every route of WorldService under its own path: checked here, answered there. `decide` comes from the copy while it
 * lives; after a failure it answers with the last decision forced to compute-only. A change of a world drops what is kept
 * of it. An apply to `live` needs the operator's confirmation in `x-allow-live`.
 */
export function forwardWorldRoutes(ports: WorldForwardingPorts): readonly RouteImplementation[] {
  const contracts: readonly RouteContract[] = Object.values(worldRoutes)
  return contracts.map((contract) => (contract === worldRoutes.decide ? cachedDecide(ports) : forward(ports, contract)))
}

function forward({ worldsAs, readings }: WorldForwardingPorts, contract: RouteContract): RouteImplementation {
  const changes = contract.method !== 'GET' && !contract.path.includes('/gates/')
  return implement(contract, async (request, { caller, signal }) => {
    const raw = isRawRequest(request) ? request : {}
    if (contract === worldRoutes.apply) requireLiveConfirmation(raw)
    try {
      const { body, headers, status } = await worldsAs(caller)(contract, raw, { signal })
      return { body, headers: passedOn(headers), status }
    } finally {
      const worldId = changes ? worldIdOf(raw) : undefined
      if (worldId !== undefined) readings.forget(worldId)
    }
  })
}

function cachedDecide({ readings }: WorldForwardingPorts): RouteImplementation {
  return implement(worldRoutes.decide, async ({ params }, { signal }) => {
    const reading = await readings.decisions.read(params.world_id, { signal })
    return reading.kind === 'fresh' ? freshReply(reading) : staleReply(params.world_id, reading)
  })
}

/** The decision with what is left of its time to live, in whole seconds. */
function freshReply({ value, freshMs }: Reading<DecisionEnvelope> & { kind: 'fresh' }) {
  const seconds = Math.floor(freshMs / 1_000)
  const headers = { 'cache-control': `max-age=${seconds}`, etag: `"${value.etag}"` }
  return { body: { ...value, ttl: `${seconds}s` }, headers }
}

function staleReply(worldId: string, reading: Reading<DecisionEnvelope>) {
  if (reading.kind !== 'stale')
    throw new QmtlError('E_UNAVAILABLE', `WorldService gives no decision of world ${worldId}`)
  const body = { ...reading.value, effective_mode: 'compute-only' as const }
  return { body, headers: { warning: '110 - "Response is stale"', 'x-stale': 'true' } }
}

function requireLiveConfirmation({ headers, body }: RawRequest): void {
  const isLive = isJsonObject(body) && body['domain'] === domainOfMode('live')
  if (!isLive || String(headers?.['x-allow-live']).toLowerCase() === 'true') return
  throw new QmtlError('E_PERMISSION_DENIED', 'live trading was not confirmed', {
    hint: 'repeat the apply with the header X-Allow-Live: true',
  })
}

/** Headers of the answer that mean something to a client; those of the connection belong to it. */
function passedOn(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => ['etag', 'warning', 'cache-control'].includes(name)),
  )
}

function worldIdOf({ params }: RawRequest): string | undefined {
  const worldId = isJsonObject(params) ? params['world_id'] : undefined
  return typeof worldId === 'string' ? worldId : undefined
}

/** What `implement` hands on has been checked against the contract, whose type is not known here. */
function isRawRequest(request: unknown): request is RawRequest {
  return typeof request === 'object' && request !== null
}
