import { QmtlError, messageOf } from '@qmtl/contracts'

/** Puts what the HTTP framework refused into the words of the error table; anything else passes unchanged. */
export function translateHttpFault(thrown: unknown): unknown {
  if (thrown instanceof QmtlError || !(thrown instanceof Error)) return thrown
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
  const cause = { cause: thrown }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new QmtlError('E_TOO_LARGE', 'the body is over the limit', cause)
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new QmtlError('E_MEDIA_TYPE', messageOf(thrown), cause)
  if (code === 'FST_ERR_BAD_URL') return new QmtlError('E_NOT_FOUND', 'the path is not a valid URL', cause)
  if (code.startsWith('Z_')) return new QmtlError('E_MEDIA_TYPE', 'the body is not valid gzip', cause)
  if (hasStatus(thrown, 400)) return new QmtlError('E_INVALID_JSON', messageOf(thrown), cause)
  return thrown
}

function hasStatus(thrown: Error, status: number): boolean {
  return 'statusCode' in thrown && thrown.statusCode === status
}
