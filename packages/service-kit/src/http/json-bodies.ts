import { createGunzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { deepestJson, isJsonObject, messageOf, QmtlError } from '@qmtl/contracts'

/**
 * Reads JSON bodies, plain or with gzip; an empty body is no body. Members that are an attack on whoever copies the object
 * (`__proto__`, and `constructor` with a `prototype`) are refused. So are bodies nested deeper than `deepestJson` levels, an
 * attack on whoever walks them.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_request, text, done) => {
    const body = parseBody(text)
    if (body instanceof QmtlError) done(body)
    else done(null, body)
  })
  app.addHook('preParsing', (request, _reply, payload, next) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding === 'identity') return next(null, payload)
    if (encoding !== 'gzip') return next(new QmtlError('E_MEDIA_TYPE', `content-encoding '${encoding}' is not gzip`))
    // The limit counts the bytes that come out of this stream; without a length Fastify does not compare the other.
    delete request.headers['content-length']
    const plain = createGunzip()
    payload.on('error', (error) => plain.destroy(error))
    next(null, payload.pipe(plain))
  })
}

/** The value of a body, or why it is refused. */
function parseBody(text: string): unknown {
  if (text === '') return undefined
  try {
    const body: unknown = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text)
    const fault = faultOf(body, deepestJson)
    return fault === undefined ? body : new QmtlError('E_INVALID_JSON', `the body ${fault}`)
  } catch (cause) {
    return new QmtlError('E_INVALID_JSON', `the body is not JSON: ${messageOf(cause)}`, { cause })
  }
}

/** What is wrong with a document of at most so many levels, found in one walk; nothing when it may come in. */
function faultOf(document: unknown, levels: number): string | undefined {
  if (typeof document !== 'object' || document === null) return undefined
  if (levels === 0) return `is nested deeper than ${deepestJson} levels`
  if (Array.isArray(document)) return firstFault(document, levels - 1)
  return isJsonObject(document) ? memberFault(document, levels - 1) : undefined
}

function firstFault(items: readonly unknown[], levels: number): string | undefined {
  for (const item of items) {
    const fault = faultOf(item, levels)
    if (fault !== undefined) return fault
  }
  return undefined
}

function memberFault(members: Readonly<Record<string, unknown>>, levels: number): string | undefined {
  // No list of names or values: every body comes through here.
  for (const name in members) {
    const value = members[name]
    const fault = isPoison(name, value) ? `has a member '${name}', which is refused` : faultOf(value, levels)
    if (fault !== undefined) return fault
  }
  return undefined
}

function isPoison(name: string, value: unknown): boolean {
  return name === '__proto__' || (name === 'constructor' && isJsonObject(value) && Object.hasOwn(value, 'prototype'))
}
