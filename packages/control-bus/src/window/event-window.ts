import type { ControlEvent } from '@qmtl/contracts'
import type { Position } from '../ports.ts'

/** The last events published, by position, and their ids. */
export interface EventWindow {
  /** The position of the newest event; 0 before the first. */
  readonly head: Position
  /** The position of the oldest event kept; `head + 1` when there is none. */
  readonly oldest: Position
  /** True while an event with this id is kept. */
  remembers(id: string): boolean
  /** Keeps the event, forgetting the oldest one when `capacity` are kept, and returns its position. */
  append(event: ControlEvent): Position
  /** The event at a position, while it is kept. */
  at(position: Position): ControlEvent | undefined
}

export function createEventWindow(capacity: number): EventWindow {
  const events = new Map<Position, ControlEvent>()
  const ids = new Set<string>()
  let head = 0

  return {
    get head() {
      return head
    },
    get oldest() {
      return head - events.size + 1
    },
    remembers: (id) => ids.has(id),
    append(event) {
      head += 1
      events.set(head, event)
      ids.add(event.id)
      const gone = events.get(head - capacity)
      if (gone !== undefined) {
        events.delete(head - capacity)
        ids.delete(gone.id)
      }
      return head
    },
    at: (position) => events.get(position),
  }
}
