import { Compile, type Validator } from 'typebox/compile'
import type { TObject, TSchema } from 'typebox'
import { QmtlError, type ErrorCause } from '../errors/qmtl-error.ts'
import type { ErrorCode } from '../errors/error-table.ts'
import { schemaCauses } from './schema-causes.ts'
import type { RawReply, RawRequest, RequestContext, RouteContract, RouteReply, RouteRequest } from './route.ts'

/** A contract with its handler; `call` validates a raw request, runs the handler and gives status, headers and body. */
export interface RouteImplementation {
  readonly contract: RouteContract
  call(request: RawRequest, context: RequestContext): Promise<RawReply>
}

const parts = ['params', 'query', 'headers', 'body'] as const
type PartName = (typeof parts)[number]

/**
 * Binds a handler to its contract. The request is refused with `E_INVALID_REQUEST` and every cause at once unless it fits;
 * query and path members are read from their texts as their schema says: `5`, `0.5`, `true`, `false`, and nothing like `1e3`,
 * `` or `yes`.
 */
export function implement<Contract extends RouteContract>(
  contract: Contract,
  handle: (request: RouteRequest<Contract>, context: RequestContext) => Promise<RouteReply<Contract>>,
): RouteImplementation {
  const validators = new Map<PartName, Validator>()
  return {
    contract,
    async call(raw, context) {
      const request = validate(contract, validators, raw) as RouteRequest<Contract>
      const reply = await handle(request, context)
      return { status: reply.status ?? contract.status ?? 200, headers: reply.headers ?? {}, body: reply.body }
    },
  }
}

function validate(contract: RouteContract, validators: Map<PartName, Validator>, raw: RawRequest): unknown {
  const request: Partial<Record<PartName, unknown>> = {}
  const causes: ErrorCause[] = []
  for (const part of parts) {
    const schema = contract[part]
    if (schema === undefined) {
      causes.push(...unexpected(part, raw[part]))
      continue
    }
    const value = received(part, schema, raw[part])
    const validator = validators.get(part) ?? Compile(schema)
    validators.set(part, validator)
    if (validator.Check(value)) request[part] = value
    else causes.push(...schemaCauses(validator, value, part === 'body' ? '' : `/${part}`))
  }
  if (causes.length > 0) throw invalidRequest(causes)
  return request
}

function invalidRequest(causes: readonly ErrorCause[], code: ErrorCode = 'E_INVALID_REQUEST'): QmtlError {
  const [first] = causes
  const rest = causes.length > 1 ? ` (and ${causes.length - 1} more)` : ''
  return new QmtlError(code, `${first?.path ?? '/'} ${first?.message ?? 'is not valid'}${rest}`, { errors: causes })
}

function received(part: PartName, schema: TSchema, value: unknown): unknown {
  if (part === 'body') return value
  const given = typeof value === 'object' && value !== null ? value : {}
  if (part === 'headers') return pickHeaders(schema as TObject, given)
  return readTexts(schema as TObject, given)
}

/** A URL holds texts: those that write a number or a truth in the plain way become one where the schema asks for it. */
function readTexts({ properties }: TObject, given: object): unknown {
  const members = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    members.map(([name, value]): [string, unknown] => {
      const member = Object.hasOwn(properties, name) ? properties[name] : undefined
      return [name, typeof value === 'string' && member !== undefined ? readText(member, value) : value]
    }),
  )
}

function readText(schema: TSchema, text: string): unknown {
  const type = 'type' in schema ? schema.type : undefined
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : text)
  if (type !== 'integer' && type !== 'number') return text
  // Adding 0 turns -0 into 0.
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) + 0 : NaN
  const isExact = type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)
  return isExact ? value : text
}

/** Only the headers that the contract names: clients and proxies send many more. */
function pickHeaders(schema: TObject, headers: object): unknown {
  const named = Object.keys(schema.properties)
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => named.includes(name) && value !== undefined),
  )
}

function unexpected(part: PartName, value: unknown): readonly ErrorCause[] {
  if (part === 'headers' || part === 'params' || value === undefined || value === null) return []
  if (part === 'body') return [{ path: '/', message: 'this route takes no body' }]
  return Object.keys(value).map((name) => ({ path: `/query/${name}`, message: 'is not a query member of this route' }))
}
