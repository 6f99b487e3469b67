import { messageOf, QmtlError } from '@qmtl/contracts'

const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/** The document in an earlier client's `dag_json`: JSON text, or its UTF-8 bytes in base64. Throws `E_INVALID_DAG`. */
export function decodeDagText(text: string): unknown {
  const trimmed = text.trim()
  const compact = trimmed.replaceAll(/\s/g, '')
  return parse(base64.test(compact) ? decodeBase64(compact) : trimmed)
}

function decodeBase64(text: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'))
  } catch (cause) {
    throw new QmtlError('E_INVALID_DAG', 'dag_json is neither JSON nor base64 of UTF-8 text', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new QmtlError('E_INVALID_DAG', `dag_json holds no JSON: ${messageOf(cause)}`, { cause })
  }
}
