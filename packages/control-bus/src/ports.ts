import type { CallOptions, ControlEvent } from '@qmtl/contracts'

/** A place in the bus: whole numbers from 1 in the order of publication, across all subjects. */
export type Position = number

/**
 * What happens when a subscription's queue is full and one more event comes:
 * `block`: the publisher waits for room. A handler that publishes to its own full queue would wait for itself.
 * `coalesce`: the oldest event that a later one of its type and subject supersedes goes, for consumers that need the
 *   last one only; with none, as `drop-oldest`.
 * `drop-oldest`: the oldest queued event is lost and the consumer told to resync.
 * `fail`: the publication is refused with `E_DEGRADED`, nothing of it is published.
 */
export type OverflowRule = 'block' | 'coalesce' | 'drop-oldest' | 'fail'

export interface SubscribeOptions {
  /** Names the subscription in logs and dead letters. */
  readonly name: string
  /**
   * Members of one group share its events, each handled by one of them, and the bus keeps the group's position. Without a
   * group the subscription has its own position and sees every event.
   */
  readonly group?: string
  /** Event types wanted; all unless given. */
  readonly types?: readonly string[]
  /** Where a new position begins: behind everything published so far (default), at the oldest event kept, or after a position. */
  readonly from?: 'now' | 'oldest' | { readonly after: Position }
  /** Events that wait for the handler, at most. */
  readonly capacity: number
  readonly overflow: OverflowRule
  /** Events handled at once, of different subjects; default 1. */
  readonly concurrency?: number
  /** Calls of the handler for one event, at most; default 3, with a growing pause. After the last it is a dead letter. */
  readonly attempts?: number
}

export interface DeliveryContext extends CallOptions {
  readonly position: Position
  /** From 1. */
  readonly attempt: number
}

/** Why events were not delivered: the queue was full, or the position had left the window of events kept. */
export type Loss = { readonly reason: 'overflow' | 'window' }

/** Both are idempotent: by (subject, sequence), because an event may come again. */
export interface Consumer {
  /** The event counts as handled when the promise resolves; when it rejects it is tried again. */
  onEvent(event: ControlEvent, context: DeliveryContext): Promise<void>
  /** Events are missing: read a snapshot. Comes before any later event; events older than the snapshot may still follow. */
  onResync(loss: Loss, options: CallOptions): Promise<void>
}

export interface Subscription {
  /** Everything up to here is handled; `{ after: position }` goes on from here. */
  position(): Position
  /**
   * Lets running handlers finish and takes no more events; idempotent. What waits goes to the others of the group. A
   * handler must not await the stop of its own subscription.
   */
  stop(): Promise<void>
}

/** A handler failed at every attempt. The event is a dead letter and the next ones go on; a resync is tried again. */
export interface HandlerFault {
  readonly subscription: string
  /** The dead letter; nothing when it was the resync that failed. */
  readonly event: ControlEvent | undefined
  readonly attempts: number
  readonly error: unknown
}

/**
 * Carries control events between services and keeps none: what must survive is a row before it is an event. Delivery is
 * at least once; per subject events are handled in order of publication and never two at once, within a subscription and
 * within a group.
 */
export interface ControlBus {
  /**
   * Takes the events over, in order; those whose id the bus still remembers are dropped. Resolves before they are handled.
   * Throws `E_DEGRADED` (a queue with `fail` is full), `E_STOPPING`.
   */
  publish(events: readonly ControlEvent[], options?: CallOptions): Promise<void>
  subscribe(options: SubscribeOptions, consumer: Consumer): Promise<Subscription>
  /** Refuses publications, lets what was published be handled until a deadline, and ends all subscriptions; idempotent. */
  stop(): Promise<void>
}
