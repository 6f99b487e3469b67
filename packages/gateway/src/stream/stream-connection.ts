import { randomUUID } from 'node:crypto'
import { formatInstant, isJsonObject, streamTopics, type Clock } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import type { RawData, WebSocket } from 'ws'
import { createOutbox, type OutboxMessage } from './outbox.ts'
import type { StreamHub } from './stream-hub.ts'
import { frameOf, isInScope, numbered, type StreamEvent, type StreamScope } from './stream-message.ts'
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
export const closeCodes = { goingAway: 1001, refused: 1008, tooSlow: 1013 } as const

const outboxCapacity = 1_000
const bufferedBytes = 1 << 20
const pingMs = 20_000
const idleMs = 60_000
const graceMs = 30_000

/** Serves one subscriber until the socket closes; events that happen while the snapshot is read come after it. */
export function serveConnection(ports: StreamConnectionPorts, socket: WebSocket, ticket: StreamTicket): void {
  const flow = createMessageFlow(ports.clock, socket)
  let { scope } = ticket
  let heardAtMs = ports.clock.monotonic()
  let expiry = closeAtExpiry(ports, socket, ticket)
  const detach = ports.hub.attach({
    wants: (event) => isInScope(event, scope),
    deliver: (topic, frame) => flow.deliver({ topic, frame }),
    resync: () => flow.lose(scope.topics),
  })
  const alive = (): void => void (heardAtMs = ports.clock.monotonic())
  const heartbeat = setInterval(() => {
    if (ports.clock.monotonic() - heardAtMs > idleMs) socket.terminate()
    else socket.ping()
  }, pingMs)

  async function hear(message: ClientMessage): Promise<void> {
    const ts = formatInstant(ports.clock.now())
    if (message.type === 'ack') return socket.send(JSON.stringify({ type: 'ack', ts, last_id: message.lastId }))
    if (message.type !== 'refresh') return
    try {
      const next = await ports.tickets.verify(message.token)
      scope = next.scope
      clearTimeout(expiry)
      expiry = closeAtExpiry(ports, socket, next)
      socket.send(JSON.stringify({ type: 'refresh_ack', ts }))
    } catch (error) {
      ports.log.warn('stream-refresh-failed', { world_id: scope.worldId, error })
      socket.close(closeCodes.refused, 'the ticket is not valid')
    }
  }

  socket.on('pong', alive)
  socket.on('message', (data) => {
    alive()
    void hear(parseClientMessage(data))
  })
  // A broken socket closes right after; there is nobody left to tell.
  socket.on('error', (error) => ports.log.debug('stream-socket-failed', { error }))
  socket.on('close', () => {
    detach()
    clearInterval(heartbeat)
    clearTimeout(expiry)
  })
  void prime(ports, flow, scope)
}

async function prime({ snapshot, log }: StreamConnectionPorts, flow: MessageFlow, scope: StreamScope): Promise<void> {
  try {
    for (const event of await snapshot(scope)) flow.send(frameOf(event))
  } catch (error) {
    log.warn('stream-snapshot-failed', { world_id: scope.worldId, error })
    flow.lose(scope.topics)
  }
  flow.open()
}

/** The numbered messages of one connection. Until it is opened what is delivered waits, and what is sent passes it. */
interface MessageFlow {
  send(frame: string): void
  deliver(message: OutboxMessage): void
  lose(topics: StreamScope['topics']): void
  open(): void
}

function createMessageFlow(clock: Clock, socket: WebSocket): MessageFlow {
  const outbox = createOutbox(outboxCapacity)
  let sequence = 0
  let isOpen = false
  let isFlushing = false

  function send(frame: string): void {
    sequence += 1
    socket.send(numbered(frame, sequence), resume)
  }

  function resume(): void {
    if (isFlushing || !isOpen || outbox.isEmpty()) return
    isFlushing = true
    // Everything of this turn of the event loop leaves together.
    setImmediate(flush)
  }

  function flush(): void {
    isFlushing = false
    while (socket.readyState === socket.OPEN && socket.bufferedAmount < bufferedBytes) {
      const item = outbox.take()
      if (item === undefined) return
      if (item.kind === 'resync') sequence += item.lost
      send(item.kind === 'message' ? item.message.frame : frameOf(resyncEvent(clock, item.topics)))
    }
  }

  return {
    send,
    deliver(message) {
      if (!outbox.push(message)) socket.close(closeCodes.tooSlow, 'too slow')
      resume()
    },
    lose(topics) {
      outbox.lose(topics)
      resume()
    },
    open() {
      isOpen = true
      resume()
    },
  }
}

function closeAtExpiry(
  { clock }: StreamConnectionPorts,
  socket: WebSocket,
  { expiresAtMs }: StreamTicket,
): NodeJS.Timeout {
  const leftMs = Math.max(0, expiresAtMs + graceMs - clock.now())
  return setTimeout(() => socket.close(closeCodes.refused, 'the ticket has expired'), leftMs)
}

function resyncEvent(clock: Clock, topics: StreamScope['topics']): StreamEvent {
  return {
    // Sent as it is to one connection, whatever its scope: the topic only names its kind.
    topic: topics[0] ?? streamTopics[0],
    type: 'resync',
    id: randomUUID(),
    time: formatInstant(clock.now()),
    data: { version: 1, topics },
  }
}

type ClientMessage =
  | { readonly type: 'ack'; readonly lastId: string }
  | { readonly type: 'refresh'; readonly token: string }
  | { readonly type: 'heartbeat' }

/** Whatever is neither an acknowledgement nor a refresh says only that the client is there. */
function parseClientMessage(data: RawData): ClientMessage {
  const message = parseJson(data)
  if (!isJsonObject(message)) return { type: 'heartbeat' }
  const { type, last_id: lastId, token } = message
  if (type === 'ack' && typeof lastId === 'string') return { type, lastId }
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
