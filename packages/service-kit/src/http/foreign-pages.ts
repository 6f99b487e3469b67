import type { IncomingHttpHeaders } from 'node:http'
import { QmtlError } from '@qmtl/contracts'

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/

/**
 * Keeps web pages away from a port without authentication: a page of another origin, and a name that was made to point at
 * this machine (DNS rebinding), are refused with `E_PERMISSION_DENIED`. Programs send no `Origin`.
 */
export function refuseForeignPages(headers: IncomingHttpHeaders, boundHost = '127.0.0.1'): void {
  const { host = '', origin } = headers
  if (loopback.test(urlHost(boundHost)) && !loopback.test(host)) {
    throw new QmtlError('E_PERMISSION_DENIED', `host '${host}' is not this machine`)
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new QmtlError('E_PERMISSION_DENIED', `pages of '${origin}' may not call this service`)
  }
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
