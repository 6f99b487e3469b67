import type { Static, TObject, TSchema } from 'typebox'
import type { ErrorCode } from '../errors/error-table.ts'

/** Who may call a route; each role includes the ones before it. `service` is another service of this installation. */
export type Role = 'public' | 'reader' | 'operator' | 'owner' | 'service'

/**
 * One route, written once: the server validates by it, the OpenAPI document and the typed client come from it.
 * Path members are written `:name`. A request member that no schema names is refused.
 */
export interface RouteContract {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly role: Role
  readonly params?: TObject
  readonly query?: TObject
  readonly headers?: TObject
  readonly body?: TSchema
  /** Status of a success, 200 unless said. */
  readonly status?: number
  readonly response: TSchema
  /** Codes of refusals beyond those every route has. */
  readonly errors: readonly ErrorCode[]
}

/** Gives a contract its literal type. */
export function defineRoute<const Contract extends RouteContract>(contract: Contract): Contract {
  return contract
}

type Part<Contract, Name extends string> = Contract extends { readonly [key in Name]: infer Schema extends TSchema }
  ? { readonly [key in Name]: Static<Schema> }
  : unknown

/** The members a call of the route takes: those of params, query, headers and body that the contract names. */
export type RouteRequest<Contract> = Part<Contract, 'params'> &
  Part<Contract, 'query'> &
  Part<Contract, 'headers'> &
  Part<Contract, 'body'>

/** A success of the route. */
export interface RouteReply<Contract extends RouteContract> {
  readonly body: Static<Contract['response']>
  readonly headers?: Readonly<Record<string, string>>
  /** Overrides the contract's status, for the few routes with more than one success. */
  readonly status?: number
}

/** A request as it came from the wire, not yet validated. */
export interface RawRequest {
  readonly params?: unknown
  readonly query?: unknown
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: unknown
}

export interface RawReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** The verified identity behind a call. */
export interface Caller {
  readonly sub: string
  readonly roles: readonly Role[]
}

/** What a handler may know beyond the request itself. */
export interface RequestContext {
  readonly requestId: string
  readonly caller: Caller
  readonly signal: AbortSignal
}
