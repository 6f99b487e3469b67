import type { ControlEvent } from '@qmtl/contracts'
import type { Consumer, HandlerFault, Loss, OverflowRule, Position, SubscribeOptions } from '../ports.ts'
import { createBoundedQueue, type QueuedEvent } from '../queue/bounded-queue.ts'
import type { EventWindow } from '../window/event-window.ts'

interface ChannelOptions {
  readonly subscription: SubscribeOptions
  readonly window: EventWindow
  readonly start: Position
  readonly onFault: (fault: HandlerFault) => void
  /** Pauses before the next attempt; settles soon after the abort. */
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>
  /** Called whenever something was handled. */
  readonly onProgress: () => void
}

/** One position in the bus with the workers that share it: a subscription of its own, or a group. */
export interface Channel {
  /** True when everything published is handled. */
  readonly isIdle: boolean
  readonly overflow: OverflowRule
  readonly wants: (event: ControlEvent) => boolean
  /** Events it could take now without losing any; unbounded while nobody listens or it still catches up. */
  room(): number
  /** Offers an event that was just appended to the window. */
  offer(event: ControlEvent, position: Position): void
  readonly position: () => Position
  join(consumer: Consumer, concurrency: number): Worker
}

export interface Worker {
  stop(): Promise<void>
}

interface WorkerState {
  readonly consumer: Consumer
  readonly stopping: AbortController
  readonly running: Set<Promise<void>>
  free: number
}

export function createChannel(options: ChannelOptions): Channel {
  const { subscription, window } = options
  const types = subscription.types === undefined ? undefined : new Set(subscription.types)
  const queue = createBoundedQueue(subscription.capacity, subscription.overflow)
  const workers = new Set<WorkerState>()
  const running = new Map<string, Position>()
  /** Everything up to here is in the queue, handled, or not wanted. */
  let cursor = Math.min(options.start, window.head)
  /** While events wait in the window for room in the queue, the overflow rule rests: the window is the bound. */
  let isCatchingUp = true
  let loss: Loss | undefined = options.start > window.head ? { reason: 'window' } : undefined

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

  function dispatch(): void {
    for (let worker = freeWorker(); worker !== undefined; worker = freeWorker()) {
      if (isCatchingUp) catchUp()
      if (loss !== undefined) {
        if (running.size === 0) startResync(worker, loss)
        return
      }
      const item = queue.take(new Set(running.keys()))
      if (item === undefined) return
      start(worker, item.event.subject, item.position, (signal) => handle(worker, item, signal))
    }
  }

  function freeWorker(): WorkerState | undefined {
    for (const worker of workers) if (worker.free > 0 && !worker.stopping.signal.aborted) return worker
    return undefined
  }

  /** Alone in the channel: the empty subject is nobody's, and no event starts while `loss` is set. */
  function startResync(worker: WorkerState, seen: Loss): void {
    start(worker, '', cursor, async (signal) => {
      const outcome = await attempt(signal, () => worker.consumer.onResync(seen, { signal }))
      // A loss during the resync is another one.
      if (outcome === 'handled' && loss === seen) loss = undefined
      if (typeof outcome === 'string') return
      options.onFault({ subscription: subscription.name, event: undefined, ...outcome })
      await options.pause(outcome.attempts, signal)
    })
  }

  function start(
    worker: WorkerState,
    subject: string,
    position: Position,
    work: (signal: AbortSignal) => Promise<void>,
  ) {
    running.set(subject, position)
    worker.free -= 1
    const task = work(worker.stopping.signal).finally(() => {
      running.delete(subject)
      worker.running.delete(task)
      worker.free += 1
      dispatch()
      options.onProgress()
    })
    worker.running.add(task)
  }

  async function handle(worker: WorkerState, item: QueuedEvent, signal: AbortSignal): Promise<void> {
    const { event, position } = item
    const outcome = await attempt(signal, (count) =>
      worker.consumer.onEvent(event, { position, attempt: count, signal }),
    )
    if (outcome === 'abandoned') queue.putBack(item)
    else if (outcome !== 'handled') options.onFault({ subscription: subscription.name, event, ...outcome })
  }

  /** Tries until the work succeeds, fails too often, or fails while its worker stops. */
  async function attempt(signal: AbortSignal, work: (count: number) => Promise<void>): Promise<Outcome> {
    const most = subscription.attempts ?? 3
    for (let count = 1; ; count++) {
      try {
        await work(count)
        return 'handled'
      } catch (error) {
        if (signal.aborted) return 'abandoned'
        if (count >= most) return { attempts: count, error }
        await options.pause(count, signal)
      }
    }
  }

  function position(): Position {
    const open = [...running.values(), queue.firstPosition ?? cursor + 1]
    return Math.min(cursor, ...open.map((first) => first - 1))
  }

  function join(consumer: Consumer, concurrency: number): Worker {
    const worker: WorkerState = { consumer, stopping: new AbortController(), running: new Set(), free: concurrency }
    workers.add(worker)
    dispatch()
    return {
      async stop() {
        worker.stopping.abort()
        await Promise.all(worker.running)
        workers.delete(worker)
        if (workers.size === 0) giveBack()
      },
    }
  }

  /** Nobody listens any more: what waits in the queue waits in the window instead. */
  function giveBack(): void {
    cursor = position()
    queue.clear()
    isCatchingUp = true
  }

  return {
    get isIdle() {
      const nothingWaits = queue.size === 0 && running.size === 0 && loss === undefined
      return workers.size === 0 || (nothingWaits && cursor === window.head)
    },
    overflow: subscription.overflow,
    wants,
    room: () => (isCatchingUp || workers.size === 0 ? Infinity : subscription.capacity - queue.size),
    offer(event, at) {
      if (!isCatchingUp) {
        cursor = at
        if (wants(event) && queue.push({ event, position: at }) === 'lost') loss = { reason: 'overflow' }
      }
      dispatch()
    },
    position,
    join,
  }
}

type Outcome = 'handled' | 'abandoned' | { readonly attempts: number; readonly error: unknown }
