import { isJsonObject } from '@qmtl/contracts'
import type { RawData } from 'ws'

/** What a client says. */
export type ClientMessage =
  | { readonly type: 'ack'; readonly lastId: string }
  | { readonly type: 'refresh'; readonly token: string }
  | { readonly type: 'heartbeat' }

/** Characters of an event's id at most; a longer text is none. */
const longestEventId = 256

/** Whatever is neither an acknowledgement of an event nor a refresh says only that the client is there. */
export function parseClientMessage(data: RawData): ClientMessage {
  const message = parseJson(data)
  if (!isJsonObject(message)) return { type: 'heartbeat' }
  const { type, last_id: lastId, token } = message
  if (type === 'ack' && typeof lastId === 'string' && lastId.length <= longestEventId) return { type, lastId }
  if (type === 'refresh') return { type, token: typeof token === 'string' ? token : '' }
  return { type: 'heartbeat' }
}

function parseJson(data: RawData): unknown {
  const text = Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(new Uint8Array(data)).toString()
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
