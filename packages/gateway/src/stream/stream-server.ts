import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { UpgradeHandler } from '@qmtl/service-kit'
import { WebSocketServer, type WebSocket } from 'ws'
import { closeCodes, serveConnection, type StreamConnectionPorts } from './stream-connection.ts'
import type { StreamQuery } from './stream-snapshot.ts'
import type { StreamEvent, StreamScope } from './stream-message.ts'
import type { StreamTicket } from './stream-tickets.ts'

export interface StreamServerPorts extends Omit<StreamConnectionPorts, 'snapshot'> {
  readonly snapshot: (scope: StreamScope, query: StreamQuery) => Promise<readonly StreamEvent[]>
}

/** The event stream over WebSocket: `/ws/evt`, and `/ws` without the snapshot of a tag query. */
export interface StreamServer {
  readonly onUpgrade: UpgradeHandler
  /** Closes every connection. */
  stop(): Promise<void>
}

export const streamPaths = { events: '/ws/evt', fallback: '/ws' } as const

const largestMessageBytes = 64 * 1024
const mostConnections = 1_000

/** A caller without a valid ticket gets a connection that closes at once with 1008, which a browser can see; a refused upgrade it cannot. */
export function createStreamServer(ports: StreamServerPorts): StreamServer {
  const server = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes, clientTracking: true })

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'ws://localhost')
    if (url.pathname !== streamPaths.events && url.pathname !== streamPaths.fallback)
      return refuse(socket, '404 Not Found')
    if (server.clients.size >= mostConnections) return refuse(socket, '503 Service Unavailable')
    const ticket = await ports.tickets.verify(tokenOf(request, url)).catch((error: unknown) => {
      ports.log.debug('stream-ticket-refused', { error })
      return undefined
    })
    server.handleUpgrade(request, socket, head, (webSocket) => welcome(webSocket, ticket, url))
  }

  function welcome(webSocket: WebSocket, ticket: StreamTicket | undefined, url: URL): void {
    if (ticket === undefined) return webSocket.close(closeCodes.refused, 'the ticket is not valid')
    const query = url.pathname === streamPaths.events ? queryOf(url) : {}
    serveConnection({ ...ports, snapshot: (scope) => ports.snapshot(scope, query) }, webSocket, ticket)
  }

  return {
    onUpgrade(request, socket, head) {
      upgrade(request, socket, head).catch((error: unknown) => {
        ports.log.warn('stream-upgrade-failed', { error })
        socket.destroy()
      })
    },
    async stop() {
      for (const client of server.clients) client.close(closeCodes.goingAway, 'the gateway is stopping')
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

function tokenOf({ headers }: IncomingMessage, url: URL): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  return bearer ?? url.searchParams.get('token') ?? url.searchParams.get('ticket') ?? ''
}

function queryOf(url: URL): StreamQuery {
  const tags = url.searchParams.get('tags')
  const interval = Number(url.searchParams.get('interval'))
  if (tags === null || !Number.isInteger(interval) || interval < 1) return {}
  return { tags, interval, matchMode: url.searchParams.get('match_mode') === 'all' ? 'all' : 'any' }
}
