import { createGunzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { deepestJson, isDeeperThan, QmtlError } from '@qmtl/contracts'

/**
 * Reads JSON bodies, plain or with gzip; an empty body is no body. Members named `__proto__` are refused: they are an
 * attack on whoever copies the object. So are bodies nested deeper than `deepestJson` levels, on whoever walks them.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    return void parse(request, body, (error, value) => done(error ?? tooDeep(value), value))
  })
  app.addHook('preParsing', async (request, _reply, payload) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding === 'identity') return payload
    if (encoding !== 'gzip') throw new QmtlError('E_MEDIA_TYPE', `content-encoding '${encoding}' is not gzip`)
    // The limit counts the bytes that come out of this stream; without a length Fastify does not compare the other.
    delete request.headers['content-length']
    const plain = createGunzip()
    payload.on('error', (error) => plain.destroy(error))
    return payload.pipe(plain)
  })
}

function tooDeep(body: unknown): QmtlError | null {
  if (!isDeeperThan(body, deepestJson)) return null
  return new QmtlError('E_INVALID_JSON', `the body is nested deeper than ${deepestJson} levels`)
}
