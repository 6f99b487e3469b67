import { randomUUID } from 'node:crypto'
import { formatInstant, streamTopics, type Clock, type StreamTopic } from '@qmtl/contracts'
import type { WebSocket } from 'ws'
import { createOutbox, type OutboxMessage } from './outbox.ts'
import { frameOf, numbered, type StreamEvent } from './stream-message.ts'

/** The numbered messages of one connection: its snapshot, then what has happened since. They go as fast as they are read. */
export interface MessageFlow {
  /** Sends the message after those before it. False when the connection is too slow to be kept. */
  deliver(message: OutboxMessage): boolean
  /** Has the topics announced as lost. */
  lose(topics: readonly StreamTopic[]): void
  /** Sends the snapshot; until then everything waits. */
  open(snapshot: readonly StreamEvent[]): void
}

/** Messages that wait for one connection; of more, the oldest are lost. */
const outboxCapacity = 1_000
/** Bytes that one connection has not taken yet, beyond which its messages wait. */
const pausedAtBytes = 1 << 20

export function createMessageFlow(clock: Clock, socket: WebSocket): MessageFlow {
  const outbox = createOutbox(outboxCapacity)
  let snapshot: readonly StreamEvent[] = []
  let head = 0
  let sequence = 0
  let isOpen = false
  let isFlushing = false

  function resume(): void {
    if (isFlushing || !isOpen || (head === snapshot.length && outbox.isEmpty())) return
    isFlushing = true
    // Everything of this turn of the event loop leaves together.
    setImmediate(flush)
  }

  function flush(): void {
    isFlushing = false
    while (socket.readyState === socket.OPEN && socket.bufferedAmount < pausedAtBytes) {
      const frame = nextFrame()
      if (frame === undefined) return
      sequence += 1
      socket.send(numbered(frame, sequence), resume)
    }
  }

  function nextFrame(): string | undefined {
    const event = snapshot[head]
    if (event !== undefined) {
      head += 1
      return frameOf(event)
    }
    // It is not held longer than it takes.
    snapshot = []
    head = 0
    const item = outbox.take()
    if (item?.kind !== 'resync') return item?.message.frame
    sequence += item.lost
    return frameOf(resyncEvent(clock, item.topics))
  }

  return {
    deliver(message) {
      const isFastEnough = outbox.push(message)
      resume()
      return isFastEnough
    },
    lose(topics) {
      outbox.lose(topics)
      resume()
    },
    open(first) {
      snapshot = first
      isOpen = true
      resume()
    },
  }
}

function resyncEvent(clock: Clock, topics: readonly StreamTopic[]): StreamEvent {
  return {
    // Sent as it is to one connection, whatever its scope: the topic only names its kind.
    topic: topics[0] ?? streamTopics[0],
    type: 'resync',
    id: randomUUID(),
    time: formatInstant(clock.now()),
    data: { version: 1, topics },
  }
}
