import type { FastifyReply, FastifyRequest } from 'fastify'
import { problemOf, QmtlError, type RouteImplementation } from '@qmtl/contracts'
import type { Logger } from '../telemetry/logger.ts'
import { translateHttpFault } from './http-errors.ts'

interface Context {
  readonly log: Logger
  readonly routes: readonly RouteImplementation[]
}

/** Answers a failure as a problem document, and logs it when it is the service's own. */
export function answerFailure(
  { log }: Context,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = translateHttpFault(thrown)
  const problem = problemOf(error, request.id)
  if (problem.status >= 500) {
    const fields = { request_id: request.id, method: request.method, route: request.routeOptions.url, error }
    if (error instanceof QmtlError && problem.status !== 500) log.warn('request-refused', fields)
    else log.error('request-failed', fields)
  }
  const retryAfter = problem['retry_after_s']
  if (typeof retryAfter === 'number') void reply.header('retry-after', String(Math.ceil(retryAfter)))
  return reply
    .code(problem.status)
    .header('x-correlation-id', request.id)
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}

/** Tells a wrong method from a wrong path. */
export function answerUnknownRoute(context: Context, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.replace(/\?.*$/, '')
  const methods = context.routes
    .filter(({ contract }) => fits(contract.path, path))
    .map(({ contract }) => contract.method)
  if (methods.length === 0) {
    return answerFailure(context, new QmtlError('E_NOT_FOUND', `no route ${request.method} ${path}`), request, reply)
  }
  void reply.header('allow', methods.join(', '))
  const message = `${path} takes ${methods.join(', ')}, not ${request.method}`
  return answerFailure(context, new QmtlError('E_METHOD_NOT_ALLOWED', message), request, reply)
}

function fits(pattern: string, path: string): boolean {
  const parts = pattern.split('/')
  const given = path.split('/')
  return parts.length === given.length && parts.every((part, index) => part.startsWith(':') || part === given[index])
}
