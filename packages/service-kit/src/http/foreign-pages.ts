import type { IncomingHttpHeaders } from 'node:http'
import { QmtlError } from '@qmtl/contracts'

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/

/**
 * Keeps web pages away from a port without authentication: a page of another origin, and a name that was made to point at
 * this machine (DNS rebinding), are refused. Programs send no `Origin`. Gives the refusal of a request's headers
 * (`E_PERMISSION_DENIED`), nothing when it may come in.
 */
export function createForeignPageCheck(boundHost: string): (headers: IncomingHttpHeaders) => QmtlError | undefined {
  const isLocal = loopback.test(urlHost(boundHost))
  return ({ host = '', origin }) => {
    if (isLocal && !loopback.test(host)) {
      return new QmtlError('E_PERMISSION_DENIED', `host '${host}' is not this machine`)
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      return new QmtlError('E_PERMISSION_DENIED', `pages of '${origin}' may not call this service`)
    }
    return undefined
  }
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
