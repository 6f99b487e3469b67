import { WebSocket } from 'ws'

/** A message of the stream, as far as tests look at it. */
export interface StreamMessage {
  readonly type: string
  readonly seq_no: number
  readonly id: string
  readonly data: Readonly<Record<string, unknown>>
}

/** How a connection ended. */
export interface StreamEnd {
  readonly code: number
  readonly reason: string
}

/** A connection to the stream that remembers what came. */
export interface OpenStream {
  readonly socket: WebSocket
  readonly messages: readonly StreamMessage[]
  readonly ended: Promise<StreamEnd>
  /** The first message that fits, once it is there. */
  first(fits: (message: StreamMessage) => boolean): Promise<StreamMessage>
}

/** Resolves when the connection is open; rejects when the upgrade is refused. */
export async function openStream(url: string): Promise<OpenStream> {
  const socket = new WebSocket(url)
  const messages: StreamMessage[] = []
  let wake = (): void => undefined
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as StreamMessage)
    wake()
  })
  const ended = new Promise<StreamEnd>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return {
    socket,
    messages,
    ended,
    async first(fits) {
      for (let seen = 0; ;) {
        for (; seen < messages.length; seen++) {
          const message = messages[seen]
          if (message !== undefined && fits(message)) return message
        }
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
