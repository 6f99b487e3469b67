import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Upgrades } from '@qmtl/service-kit'
import { WebSocketServer } from 'ws'
import { createConnectionPlaces } from './connection-places.ts'
import { closeCodes, serveConnection, type StreamConnectionPorts } from './stream-connection.ts'
import type { StreamQuery } from './stream-snapshot.ts'
import type { StreamEvent, StreamScope } from './stream-message.ts'

export interface StreamServerPorts extends Omit<StreamConnectionPorts, 'snapshot'> {
  readonly snapshot: (scope: StreamScope, query: StreamQuery) => Promise<readonly StreamEvent[]>
}

export const streamPaths = { events: '/ws/evt', fallback: '/ws' } as const

/** Bytes of a client's message at most. */
const largestMessageBytes = 64 * 1024
/** Time a client has to answer the goodbye and take what it has not read, in milliseconds; then its socket is cut. */
const goodbyeMs = 2_000
/** Callers without a place that are being told why at once; more of them are refused without a WebSocket. */
const mostTurnedAway = 100

/**
 * The event stream over WebSocket: `/ws/evt`, and `/ws` without the snapshot of a tag query. A caller without a valid ticket gets a connection that closes at once with 1008, one beyond the limits of connections one
 * that closes with 1013: a browser can see that, and a refused upgrade it cannot. Neither takes a subscriber's place.
 */
export function createStreamServer(ports: StreamServerPorts): Upgrades {
  const terms = { noServer: true, maxPayload: largestMessageBytes, closeTimeout: goodbyeMs }
  const server = new WebSocketServer(terms)
  const places = createConnectionPlaces()
  let turnedAway = 0

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'ws://localhost')
    if (url.pathname !== streamPaths.events && url.pathname !== streamPaths.fallback)
      return refuse(socket, '404 Not Found')
    const ticket = await ports.tickets.verify(tokenOf(request, url)).catch((error: unknown) => {
      ports.log.debug('stream-ticket-refused', { error })
      return undefined
    })
    // Nobody would give the place back.
    if (socket.closed) return
    const handshake: Handshake = [request, socket, head]
    if (ticket === undefined) return turnAway(handshake, closeCodes.refused, 'the ticket is not valid')
    const place = places.take(ticket.subject)
    if (place.kind === 'none') return turnAway(handshake, closeCodes.tryAgainLater, place.reason)
    socket.once('close', place.leave)
    const query = url.pathname === streamPaths.events ? queryOf(url) : {}
    const snapshot = (scope: StreamScope) => ports.snapshot(scope, query)
    server.handleUpgrade(...handshake, (webSocket) => serveConnection({ ...ports, snapshot }, webSocket, ticket))
  }

  function turnAway(handshake: Handshake, code: number, reason: string): void {
    const [, socket] = handshake
    if (turnedAway >= mostTurnedAway) return refuse(socket, '503 Service Unavailable')
    turnedAway += 1
    socket.once('close', () => (turnedAway -= 1))
    server.handleUpgrade(...handshake, (webSocket) => webSocket.close(code, reason))
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

type Handshake = readonly [IncomingMessage, Duplex, Buffer]

function refuse(socket: Duplex, status: string): void {
  const answer = `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`
  // A caller that keeps its half open would be kept as well.
  socket.end(answer, () => socket.destroy())
}

function tokenOf({ headers }: IncomingMessage, url: URL): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  return bearer ?? url.searchParams.get('token') ?? url.searchParams.get('ticket') ?? ''
}

function queryOf(url: URL): StreamQuery {
  const tags = url.searchParams.get('tags')
  const interval = Number(url.searchParams.get('interval'))
  if (tags === null || !Number.isInteger(interval) || interval < 1) return {}
  const matchMode = url.searchParams.get('match_mode') === 'all' ? 'all' : 'any'
  return { tags, interval, matchMode, partition: url.searchParams.get('partition') ?? undefined }
}
