import { formatInstant, type Clock, type StreamTopic } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import type { WebSocket } from 'ws'
import { parseClientMessage } from './client-message.ts'
import { createMessageFlow, type MessageFlow } from './message-flow.ts'
import type { StreamHub } from './stream-hub.ts'
import { isInScope, type StreamEvent, type StreamScope } from './stream-message.ts'
import type { StreamTicket, StreamTickets } from './stream-tickets.ts'

export interface StreamConnectionPorts {
  readonly hub: StreamHub
  readonly tickets: Pick<StreamTickets, 'verify'>
  /** What a subscriber has to know before the first event. */
  readonly snapshot: (scope: StreamScope) => Promise<readonly StreamEvent[]>
  readonly clock: Clock
  readonly log: Logger
}

/** Reasons of closing, as WebSocket codes. */
export const closeCodes = { goingAway: 1001, refused: 1008, tryAgainLater: 1013 } as const

/** Bytes that a client has not taken yet, beyond which it is not answered but closed. */
const mostUnsentBytes = 4 << 20
/** Time between the pings of the server, in milliseconds. */
const pingMs = 20_000
/** Silence after which a client is taken for gone, in milliseconds. */
const idleMs = 60_000
/** Time after its ticket's end that a client has for a new one, in milliseconds. */
const graceMs = 30_000

/** Serves one subscriber until the socket closes; events that happen while the snapshot is read come after it. */
export function serveConnection(ports: StreamConnectionPorts, socket: WebSocket, ticket: StreamTicket): void {
  const { clock, log, hub } = ports
  const flow = createMessageFlow(clock, socket)
  let { scope } = ticket
  let expiry = closeAtExpiry(ports, socket, ticket)
  let refreshed = Promise.resolve()
  const detach = hub.attach({
    wants: (event) => isInScope(event, scope),
    deliver(topic, frame) {
      if (!flow.deliver({ topic, frame })) closeSlow()
    },
    resync: () => flow.lose(scope.topics),
  })
  const heartbeat = keepAlive(clock, socket)

  function closeSlow(): void {
    if (socket.readyState !== socket.OPEN) return
    log.info('stream-too-slow', { world_id: scope.worldId, unsent_bytes: socket.bufferedAmount })
    socket.close(closeCodes.tryAgainLater, 'messages are not read fast enough; connect again and read the state anew')
  }

  function answer(message: object): void {
    if (socket.bufferedAmount > mostUnsentBytes) return closeSlow()
    socket.send(JSON.stringify({ ...message, ts: formatInstant(clock.now()) }))
  }

  /** One after the other, and nothing more is read meanwhile. */
  function queueRefresh(token: string): void {
    socket.pause()
    const last = refreshed.then(() => refresh(token))
    refreshed = last
    void last.then(() => {
      if (refreshed === last) socket.resume()
    })
  }

  async function refresh(token: string): Promise<void> {
    try {
      const next = await ports.tickets.verify(token)
      if (socket.readyState !== socket.OPEN) return
      const unseen = topicsBeyond(scope, next.scope)
      scope = next.scope
      clearTimeout(expiry)
      expiry = closeAtExpiry(ports, socket, next)
      answer({ type: 'refresh_ack' })
      flow.lose(unseen)
    } catch (error) {
      log.warn('stream-refresh-failed', { world_id: scope.worldId, error })
      socket.close(closeCodes.refused, 'the ticket is not valid')
    }
  }

  socket.on('message', (data) => {
    const message = parseClientMessage(data)
    if (message.type === 'ack') answer({ type: 'ack', last_id: message.lastId })
    if (message.type === 'refresh') queueRefresh(message.token)
  })
  // A broken socket closes right after; there is nobody left to tell.
  socket.on('error', (error) => log.debug('stream-socket-failed', { error }))
  socket.on('close', () => {
    detach()
    clearInterval(heartbeat)
    clearTimeout(expiry)
  })
  void prime(ports, flow, scope)
}

/** Pings the client, and cuts it off when it has been silent for too long. */
function keepAlive(clock: Clock, socket: WebSocket): NodeJS.Timeout {
  let heardAtMs = clock.monotonic()
  const hear = (): void => void (heardAtMs = clock.monotonic())
  socket.on('pong', hear)
  socket.on('message', hear)
  return setInterval(() => {
    if (clock.monotonic() - heardAtMs > idleMs) socket.terminate()
    else socket.ping()
  }, pingMs)
}

async function prime({ snapshot, log }: StreamConnectionPorts, flow: MessageFlow, scope: StreamScope): Promise<void> {
  const events = await snapshot(scope).catch((error: unknown) => {
    log.warn('stream-snapshot-failed', { world_id: scope.worldId, error })
    flow.lose(scope.topics)
    return []
  })
  flow.open(events)
}

/** Topics of which the second scope shows what the first does not. */
function topicsBeyond(before: StreamScope, after: StreamScope): readonly StreamTopic[] {
  const isWithin =
    before.worldId === after.worldId && (before.strategyId === undefined || before.strategyId === after.strategyId)
  return isWithin ? after.topics.filter((topic) => !before.topics.includes(topic)) : after.topics
}

function closeAtExpiry(
  { clock }: StreamConnectionPorts,
  socket: WebSocket,
  { expiresAtMs }: StreamTicket,
): NodeJS.Timeout {
  const leftMs = Math.max(0, expiresAtMs + graceMs - clock.now())
  return setTimeout(() => socket.close(closeCodes.refused, 'the ticket has expired'), leftMs)
}
