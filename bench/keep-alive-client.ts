import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/** One HTTP connection that costs little: no parser beyond status and length, one request at a time. */
export interface KeepAliveClient {
  send(request: Buffer): Promise<HttpAnswer>
  close(): void
}

const endOfHead = Buffer.from('\r\n\r\n')

export async function openKeepAliveClient(port: number): Promise<KeepAliveClient> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  let received = Buffer.alloc(0)
  let settle: { resolve(answer: HttpAnswer): void; reject(thrown: unknown): void } | undefined
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const answer = parseAnswer(received)
    if (answer === undefined) return
    received = Buffer.alloc(0)
    settle?.resolve(answer)
  })
  socket.on('close', () => settle?.reject(new Error('the server closed the connection')))
  socket.on('error', (error) => settle?.reject(error))
  return {
    send(request) {
      return new Promise((resolve, reject) => {
        settle = { resolve, reject }
        socket.write(request)
      })
    },
    close: () => void socket.destroy(),
  }
}

/** The answer once it is there whole; it has a length, as every answer of the Gateway. */
function parseAnswer(received: Buffer): HttpAnswer | undefined {
  const headEnd = received.indexOf(endOfHead)
  if (headEnd < 0) return undefined
  const head = received.subarray(0, headEnd).toString('latin1')
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
  const bodyStart = headEnd + endOfHead.length
  if (received.length < bodyStart + length) return undefined
  return { status: Number(head.slice(9, 12)), body: received.toString('utf8', bodyStart, bodyStart + length) }
}

/** The bytes of a request with a JSON body. */
export function requestBytes(method: string, path: string, body = ''): Buffer {
  const content = body === '' ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${content}\r\n${body}`)
}
