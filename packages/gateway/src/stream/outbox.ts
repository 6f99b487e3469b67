import type { StreamTopic } from '@qmtl/contracts'

export interface OutboxMessage {
  readonly topic: StreamTopic
  readonly frame: string
}

/** What a slow connection gets next: a message, or the news that some of its topics have to be read anew. */
export type OutboxItem =
  | { readonly kind: 'message'; readonly message: OutboxMessage }
  | { readonly kind: 'resync'; readonly topics: readonly StreamTopic[]; readonly lost: number }

/** Messages that wait for one connection. */
export interface Outbox {
  /** False when the connection is too slow to be kept: it has lost as many messages as the outbox holds. */
  push(message: OutboxMessage): boolean
  /** The next item; after a loss a resync comes before anything else. */
  take(): OutboxItem | undefined
  /** Has the topics announced as lost. */
  lose(topics: readonly StreamTopic[]): void
  size(): number
  /** True when there is nothing to take. */
  isEmpty(): boolean
}

/** Holds `capacity` messages. Of more, the oldest that is not about activation is lost; activation only when nothing else is left. */
export function createOutbox(capacity: number): Outbox {
  let messages: OutboxMessage[] = []
  let head = 0
  let lostTopics = new Set<StreamTopic>()
  let lost = 0

  function dropOne(): void {
    let index = head
    while (messages[index]?.topic === 'activation') index++
    const at = index < messages.length ? index : head
    const [dropped] = messages.splice(at, 1)
    if (dropped !== undefined) lostTopics.add(dropped.topic)
    lost += 1
  }

  return {
    push(message) {
      messages.push(message)
      if (messages.length - head > capacity) dropOne()
      return lost < capacity
    },
    take() {
      if (lostTopics.size > 0) {
        const item = { kind: 'resync', topics: [...lostTopics].sort(), lost } as const
        lostTopics = new Set()
        lost = 0
        return item
      }
      const message = messages[head]
      if (message === undefined) return undefined
      head += 1
      if (head > 1_000 || head === messages.length) {
        messages = messages.slice(head)
        head = 0
      }
      return { kind: 'message', message }
    },
    lose(topics) {
      for (const topic of topics) lostTopics.add(topic)
    },
    size: () => messages.length - head,
    isEmpty: () => lostTopics.size === 0 && messages.length === head,
  }
}
