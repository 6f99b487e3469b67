import type { StreamTopic } from '@qmtl/contracts'
import { frameOf, type StreamEvent } from './stream-message.ts'

/** One who is told. */
export interface StreamSubscriber {
  wants(event: StreamEvent): boolean
  /** Takes over the frame; does not wait. */
  deliver(topic: StreamTopic, frame: string): void
  /** Events of every topic may have been missed. */
  resync(): void
}

/** Hands every event to those who want it; the text of an event is made once, and only when somebody wants it. */
export interface StreamHub {
  publish(event: StreamEvent): void
  /** Tells everybody to read anew. */
  resync(): void
  /** Adds a subscriber; the function returned removes it. */
  attach(subscriber: StreamSubscriber): () => void
  size(): number
}

export function createStreamHub(): StreamHub {
  const subscribers = new Set<StreamSubscriber>()
  return {
    publish(event) {
      let frame: string | undefined
      for (const subscriber of subscribers) {
        if (!subscriber.wants(event)) continue
        frame ??= frameOf(event)
        subscriber.deliver(event.topic, frame)
      }
    },
    resync() {
      for (const subscriber of subscribers) subscriber.resync()
    },
    attach(subscriber) {
      subscribers.add(subscriber)
      return () => void subscribers.delete(subscriber)
    },
    size: () => subscribers.size,
  }
}
