import { errorOfProblem } from '../errors/problem.ts'
import { QmtlError, messageOf } from '../errors/qmtl-error.ts'
import type { CallOptions } from '../types.ts'
import type { RouteImplementation } from './implement.ts'
import type { Caller, RawReply, RawRequest, RouteContract, RouteReply, RouteRequest } from './route.ts'

/** Carries one call to its route and back; throws what the route refused as a `QmtlError`. */
export type Transport = (contract: RouteContract, request: RawRequest, options: CallOptions) => Promise<RawReply>

/** A method per contract, named as in the table it was made from. */
export type Client<Contracts extends Readonly<Record<string, RouteContract>>> = {
  readonly [Name in keyof Contracts]: (
    request: RouteRequest<Contracts[Name]>,
    options?: CallOptions,
  ) => Promise<RouteReply<Contracts[Name]> & { readonly status: number }>
}

/** The typed client of a table of contracts over any transport. */
export function createClient<const Contracts extends Readonly<Record<string, RouteContract>>>(
  contracts: Contracts,
  transport: Transport,
): Client<Contracts> {
  const methods = Object.entries(contracts).map(([name, contract]) => [
    name,
    (request: RawRequest, options: CallOptions = {}) => transport(contract, request, options),
  ])
  return Object.fromEntries(methods) as Client<Contracts>
}

/** Calls implementations of the same process directly, with the validation they have over HTTP. */
export function inProcessTransport(routes: readonly RouteImplementation[], caller: Caller): Transport {
  const byContract = new Map(routes.map((route) => [route.contract, route]))
  const never = new AbortController().signal
  let count = 0
  return async (contract, request, { signal }) => {
    const route = byContract.get(contract)
    if (!route) throw new QmtlError('E_NOT_FOUND', `${contract.method} ${contract.path} is not served here`)
    count += 1
    return route.call(request, { requestId: `in-process-${count}`, caller, signal: signal ?? never })
  }
}

export interface FetchTransportOptions {
  /** Origin and prefix of the service, such as `http://127.0.0.1:8000`. */
  readonly baseUrl: string
  readonly fetch: typeof globalThis.fetch
  /** Headers of every call, such as the bearer token. */
  readonly headers?: Readonly<Record<string, string>>
  /** Longest wait for an answer in milliseconds; 10 s unless given. */
  readonly timeoutMs?: number
}

/** Calls a service over HTTP. A refused or silent connection is `E_UNAVAILABLE`, a late answer `E_TIMEOUT`. */
export function fetchTransport(options: FetchTransportOptions): Transport {
  return async (contract, request, { signal }) => {
    const { response, text } = await exchange(options, contract, request, signal)
    const body = parsedOrText(text)
    if (!response.ok) throw errorOfProblem(body, response.status)
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  }
}

/** Sends the request and reads the whole answer, which may break off at any place. */
async function exchange(
  options: FetchTransportOptions,
  contract: RouteContract,
  request: RawRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly response: Response; readonly text: string }> {
  const url = urlOf(options.baseUrl, contract, request)
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 10_000)
  try {
    const response = await options.fetch(url, {
      method: contract.method,
      headers: headersOf(options, request),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    })
    return { response, text: await response.text() }
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    if (timeout.aborted) throw new QmtlError('E_TIMEOUT', `${contract.method} ${url} did not answer in time`, { cause })
    throw new QmtlError('E_UNAVAILABLE', `${contract.method} ${url}: ${messageOf(cause)}`, { cause })
  }
}

function parsedOrText(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function headersOf(options: FetchTransportOptions, request: RawRequest): Record<string, string> {
  const own = Object.entries(request.headers ?? {}).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  )
  const content = request.body === undefined ? {} : { 'content-type': 'application/json' }
  return { ...content, ...options.headers, ...Object.fromEntries(own) }
}

/**
 * The address of a call: path members filled in and escaped, arrays of the query joined by commas, absent members left out.
 * Throws `E_INVALID_REQUEST` for a path member `.` or `..`, by which the address would be that of another route.
 */
export function urlOf(baseUrl: string, contract: RouteContract, request: RawRequest): string {
  const params = Object.entries(request.params ?? {})
  const path = params.reduce(
    (filled, [name, value]) => filled.replace(`:${name}`, segmentOf(name, String(value))),
    contract.path,
  )
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const search = query.size > 0 ? `?${query.toString()}` : ''
  return `${baseUrl.replace(/\/$/, '')}${path}${search}`
}

function segmentOf(name: string, value: string): string {
  if (value !== '.' && value !== '..') return encodeURIComponent(value)
  const message = 'is a step in a path, not a name'
  throw new QmtlError('E_INVALID_REQUEST', `${name} '${value}' ${message}`, {
    errors: [{ path: `/params/${name}`, message, value }],
  })
}
