import type { ControlEvent } from '@qmtl/contracts'
import type { Loss, Position, SubscribeOptions } from '../ports.ts'
import type { EventWindow } from '../window/event-window.ts'
import { createBoundedQueue, type QueuedEvent } from './bounded-queue.ts'

/** What one position in the bus has still to handle: a bounded queue and, while that is full, the window behind it. */
export interface Backlog {
  /** True when everything in the window was taken. */
  readonly isEmpty: boolean
  /** Everything before this position was taken. */
  readonly next: Position
  wants(event: ControlEvent): boolean
  /** Events it could take now without losing any; unbounded while it catches up with the window. */
  room(): number
  /** Offers the event that was just appended to the window. */
  offer(event: ControlEvent, position: Position): void
  /** Reads on in the window and says whether events are missing that the consumer has not been told of. */
  findLoss(): Loss | undefined
  /** Takes the oldest event whose subject is not busy. */
  take(busySubjects: ReadonlySet<string>): QueuedEvent | undefined
  /** Takes an event again that was not handled after all. */
  putBack(item: QueuedEvent): void
  /** The consumer has been told of this loss; a later one stays. */
  settleLoss(told: Loss): void
  /** Goes back to the window behind a position, for whoever comes next. */
  rewind(position: Position): void
}

export function createBacklog(subscription: SubscribeOptions, window: EventWindow, start: Position): Backlog {
  const types = subscription.types === undefined ? undefined : new Set(subscription.types)
  const queue = createBoundedQueue(subscription.capacity, subscription.overflow)
  /** Everything up to here is in the queue, taken, or not wanted. */
  let cursor = Math.min(start, window.head)
  /** While events wait in the window for room in the queue, the overflow rule rests: the window is the bound. */
  let isCatchingUp = true
  // A position that was never reached here is one of another life of the bus.
  let loss: Loss | undefined = start > window.head ? { reason: 'window' } : undefined

  const wants = (event: ControlEvent): boolean => types === undefined || types.has(event.type)

  function catchUp(): void {
    if (cursor + 1 < window.oldest) {
      loss = { reason: 'window' }
      cursor = window.oldest - 1
    }
    while (cursor < window.head && queue.hasRoom) {
      cursor += 1
      const event = window.at(cursor)
      if (event !== undefined && wants(event)) queue.push({ event, position: cursor })
    }
    isCatchingUp = cursor < window.head
  }

  return {
    findLoss() {
      if (isCatchingUp) catchUp()
      return loss
    },
    get isEmpty() {
      return queue.size === 0 && cursor === window.head
    },
    get next() {
      return queue.firstPosition ?? cursor + 1
    },
    wants,
    room: () => (isCatchingUp ? Infinity : subscription.capacity - queue.size),
    offer(event, position) {
      if (isCatchingUp) return
      cursor = position
      if (wants(event) && queue.push({ event, position }) === 'lost') loss = { reason: 'overflow' }
    },
    take(busySubjects) {
      if (isCatchingUp) catchUp()
      return queue.take(busySubjects)
    },
    putBack: (item) => queue.putBack(item),
    settleLoss(told) {
      if (loss === told) loss = undefined
    },
    rewind(position) {
      cursor = position
      queue.clear()
      isCatchingUp = true
    },
  }
}
