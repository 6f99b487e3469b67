import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { QmtlError, type Caller, type RequestContext, type Role, type RouteImplementation } from '@qmtl/contracts'

/** What authentication sees of a request. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders
  /** Path and query as they came. */
  readonly url: string
}

/** Names the caller, or throws `E_UNAUTHENTICATED`. */
export type Authenticate = (credentials: Credentials) => Promise<Caller>

const anonymous: Caller = { sub: 'anonymous', roles: ['public'] }
/** Whoever reaches a port without authentication, which is bound to loopback. */
const localOwner: Caller = { sub: 'local', roles: ['owner', 'service'] }

/** Serves one route: identity, role, validation and handler, in this order. */
export function mountRoute(
  app: FastifyInstance,
  route: RouteImplementation,
  authenticate: Authenticate | undefined,
): void {
  const { contract } = route
  app.route({
    method: contract.method,
    url: contract.path,
    async handler(request, reply) {
      const caller = await callerOf(contract.role, request, authenticate)
      const answer = await route.call(
        { params: request.params, query: request.query, headers: request.headers, body: request.body },
        contextOf(request, reply, caller),
      )
      void reply.code(answer.status).headers(answer.headers)
      if (answer.body === undefined) return reply.send()
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.body))
    },
  })
}

async function callerOf(role: Role, request: FastifyRequest, authenticate: Authenticate | undefined): Promise<Caller> {
  if (authenticate === undefined) return localOwner
  if (role === 'public') return anonymous
  const caller = await authenticate({ headers: request.headers, url: request.url })
  if (mayCall(caller, role)) return caller
  throw new QmtlError(
    'E_PERMISSION_DENIED',
    `the route needs the role '${role}'; '${caller.sub}' has ${caller.roles.join(', ')}`,
  )
}

const ranks: Readonly<Record<Role, number>> = { public: 0, reader: 1, operator: 2, owner: 3, service: 4 }

/** Each role includes the ones before it. */
function mayCall(caller: Caller, role: Role): boolean {
  return caller.roles.some((held) => ranks[held] >= ranks[role])
}

/** The signal is made when it is asked for: most handlers are done before anybody could leave. */
function contextOf({ id: requestId }: FastifyRequest, reply: FastifyReply, caller: Caller): RequestContext {
  let signal: AbortSignal | undefined
  return {
    requestId,
    caller,
    get signal() {
      return (signal ??= abortedWhenClosed(reply))
    },
  }
}

function abortedWhenClosed({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  const onClose = (): void => {
    if (!raw.writableFinished) controller.abort()
  }
  if (raw.closed) onClose()
  else raw.once('close', onClose)
  return controller.signal
}
