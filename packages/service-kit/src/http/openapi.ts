import { errorTable, type ErrorCode, type JsonObject, type RouteContract } from '@qmtl/contracts'

export interface OpenApiOptions {
  readonly title: string
  readonly version: string
  readonly contracts: readonly RouteContract[]
}

/** Refusals that every route may answer with. */
const everywhere: readonly ErrorCode[] = ['E_INVALID_REQUEST', 'E_UNAUTHENTICATED', 'E_PERMISSION_DENIED', 'E_INTERNAL']
const everyBody: readonly ErrorCode[] = ['E_INVALID_JSON', 'E_TOO_LARGE', 'E_MEDIA_TYPE']

/** The OpenAPI 3.1 document of route contracts; their schemas are JSON Schema 2020-12 and stand in it as they are. */
export function openApiDocument({ title, version, contracts }: OpenApiOptions): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const contract of contracts) {
    const path = contract.path.replaceAll(/:(\w+)/g, '{$1}')
    const methods = (paths[path] ??= {})
    methods[contract.method.toLowerCase()] = operationOf(contract)
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

function operationOf(contract: RouteContract): object {
  const json = (schema: unknown) => ({ content: { 'application/json': { schema } } })
  return {
    summary: contract.summary,
    'x-role': contract.role,
    ...(contract.role === 'public' ? {} : { security: [{ bearer: [] }] }),
    parameters: [
      ...parametersOf('path', contract.params),
      ...parametersOf('query', contract.query),
      ...parametersOf('header', contract.headers),
    ],
    ...(contract.body === undefined ? {} : { requestBody: { required: true, ...json(contract.body) } }),
    responses: {
      [contract.status ?? 200]: { description: 'Success', ...json(contract.response) },
      ...problemResponses(contract),
    },
  }
}

function parametersOf(place: string, schema: RouteContract['params']): readonly object[] {
  const required: readonly string[] = schema?.required ?? []
  return Object.entries(schema?.properties ?? {}).map(([name, member]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: member,
  }))
}

/** One response per status, naming its codes. */
function problemResponses(contract: RouteContract): Record<string, object> {
  const codes = new Set([...contract.errors, ...everywhere, ...(contract.body === undefined ? [] : everyBody)])
  const meanings = new Map<number, string[]>()
  for (const code of codes) {
    const { status, meaning } = errorTable[code]
    meanings.set(status, [...(meanings.get(status) ?? []), `\`${code}\`: ${meaning}`])
  }
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    [...meanings].map(([status, lines]) => [status, { description: lines.join('; '), content }]),
  )
}

const text = { type: 'string' } as const
const problemSchema: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'hint', 'retry', 'errors'],
  properties: {
    type: { ...text, description: 'urn:qmtl:error:<code>' },
    title: { ...text, description: 'What the code means' },
    status: { type: 'integer' },
    detail: { ...text, description: 'What happened, with the value seen' },
    instance: { ...text, description: 'The request id' },
    code: { ...text, description: 'A stable code' },
    hint: { ...text, description: 'What to do about it' },
    retry: { type: 'string', enum: ['never', 'later', 'after-change'] },
    errors: {
      type: 'array',
      items: { type: 'object', required: ['path', 'message'], properties: { path: text, message: text, value: {} } },
    },
  },
}
