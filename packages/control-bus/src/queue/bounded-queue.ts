import { assertNever, type ControlEvent } from '@qmtl/contracts'
import type { OverflowRule, Position } from '../ports.ts'

export interface QueuedEvent {
  readonly event: ControlEvent
  readonly position: Position
}

/** `blocked`: no room, nothing changed. `lost`: taken, and an older event is gone. */
type PushOutcome = 'taken' | 'coalesced' | 'lost' | 'blocked'

/** Events in order of publication, at most `capacity` of them. */
interface BoundedQueue {
  readonly size: number
  readonly hasRoom: boolean
  /** The position of the oldest event. */
  readonly firstPosition: Position | undefined
  push(item: QueuedEvent): PushOutcome
  /** Takes the oldest event whose subject is not busy. */
  take(busySubjects: ReadonlySet<string>): QueuedEvent | undefined
  /** Takes an event again that was taken out and not handled, into its old place, even over the capacity. */
  putBack(item: QueuedEvent): void
  clear(): void
}

export function createBoundedQueue(capacity: number, overflow: OverflowRule): BoundedQueue {
  let items: QueuedEvent[] = []

  function pushOver(item: QueuedEvent): PushOutcome {
    switch (overflow) {
      case 'block':
      case 'fail':
        return 'blocked'
      case 'coalesce':
        return coalesce(item) ? 'coalesced' : dropOldest(item)
      case 'drop-oldest':
        return dropOldest(item)
      default:
        return assertNever(overflow)
    }
  }

  /** Makes room by the oldest event that a later one of its type and subject supersedes. */
  function coalesce(item: QueuedEvent): boolean {
    const later = new Set([keyOf(item)])
    let superseded = -1
    for (const [index, queued] of [...items.entries()].reverse()) {
      const key = keyOf(queued)
      if (later.has(key)) superseded = index
      later.add(key)
    }
    if (superseded < 0) return false
    items.splice(superseded, 1)
    items.push(item)
    return true
  }

  function dropOldest(item: QueuedEvent): PushOutcome {
    items.shift()
    items.push(item)
    return 'lost'
  }

  return {
    get size() {
      return items.length
    },
    get hasRoom() {
      return items.length < capacity
    },
    get firstPosition() {
      return items[0]?.position
    },
    push(item) {
      if (items.length >= capacity) return pushOver(item)
      items.push(item)
      return 'taken'
    },
    take(busySubjects) {
      const index = items.findIndex(({ event }) => !busySubjects.has(event.subject))
      return index < 0 ? undefined : items.splice(index, 1)[0]
    },
    putBack(item) {
      const later = items.findIndex(({ position }) => position > item.position)
      items.splice(later < 0 ? items.length : later, 0, item)
    },
    clear() {
      items = []
    },
  }
}

function keyOf({ event }: QueuedEvent): string {
  return `${event.type} ${event.subject}`
}
