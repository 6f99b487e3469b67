import { createGunzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { QmtlError } from '@qmtl/contracts'

/**
 * Reads JSON bodies, plain or with gzip; an empty body is no body. Members named `__proto__` are refused: they are an
 * attack on whoever copies the object.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    return void parse(request, body, done)
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
