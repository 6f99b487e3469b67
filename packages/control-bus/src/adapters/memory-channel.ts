import type { ControlEvent } from '@qmtl/contracts'
import type { Consumer, HandlerFault, Loss, OverflowRule, Position, SubscribeOptions } from '../ports.ts'
import { createBacklog, type Backlog } from '../queue/backlog.ts'
import type { QueuedEvent } from '../queue/bounded-queue.ts'
import type { EventWindow } from '../window/event-window.ts'
import { attempt, type AttemptOutcome } from './handler-attempts.ts'

export interface ChannelOptions {
  readonly subscription: SubscribeOptions
  readonly window: EventWindow
  readonly start: Position
  readonly onFault: (fault: HandlerFault) => void
  /** Pauses before the next attempt; settles soon after the abort. */
  readonly pause: (count: number, signal: AbortSignal) => Promise<void>
  /** Called whenever something was handled. */
  readonly onProgress: () => void
}

/** One position in the bus with the workers that share it: a subscription of its own, or a group. */
export interface Channel {
  /** True when everything published is handled, or nobody is there to handle it. */
  readonly isIdle: boolean
  readonly overflow: OverflowRule
  readonly wants: (event: ControlEvent) => boolean
  /** Events it could take now without losing any; unbounded while nobody listens. */
  room(): number
  /** Offers an event that was just appended to the window. */
  offer(event: ControlEvent, position: Position): void
  readonly position: () => Position
  join(consumer: Consumer, concurrency: number): Worker
}

/** One member's share of the work. */
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
  const { subscription } = options
  const backlog = createBacklog(subscription, options.window, options.start)
  const workers = new Set<WorkerState>()
  const running = new Map<string, Position>()

  function dispatch(): void {
    for (let worker = freeWorker(workers); worker !== undefined; worker = freeWorker(workers)) {
      const loss = backlog.findLoss()
      if (loss !== undefined) {
        // Alone in the channel: no event starts before the resync has ended.
        if (running.size > 0) return
        start(worker, { subject: '', position: backlog.next }, resyncTask(options, backlog, loss))
        continue
      }
      if (running.has('')) return
      const item = backlog.take(new Set(running.keys()))
      if (item === undefined) return
      start(worker, { subject: item.event.subject, position: item.position }, eventTask(options, backlog, item))
    }
  }

  function start(worker: WorkerState, place: { subject: string; position: Position }, run: Task): void {
    running.set(place.subject, place.position)
    worker.free -= 1
    const task = run(worker.consumer, worker.stopping.signal).finally(() => {
      running.delete(place.subject)
      worker.running.delete(task)
      worker.free += 1
      dispatch()
      options.onProgress()
    })
    worker.running.add(task)
  }

  const position = (): Position => Math.min(backlog.next, ...running.values()) - 1

  async function leave(worker: WorkerState): Promise<void> {
    worker.stopping.abort()
    await Promise.all(worker.running)
    workers.delete(worker)
    if (workers.size === 0) backlog.rewind(position())
  }

  return {
    get isIdle() {
      return workers.size === 0 || (running.size === 0 && backlog.isEmpty && backlog.findLoss() === undefined)
    },
    overflow: subscription.overflow,
    wants: (event) => backlog.wants(event),
    room: () => (workers.size === 0 ? Infinity : backlog.room()),
    offer(event, at) {
      backlog.offer(event, at)
      dispatch()
    },
    position,
    join(consumer, concurrency) {
      const worker: WorkerState = { consumer, stopping: new AbortController(), running: new Set(), free: concurrency }
      workers.add(worker)
      dispatch()
      return { stop: () => leave(worker) }
    },
  }
}

function freeWorker(workers: ReadonlySet<WorkerState>): WorkerState | undefined {
  for (const worker of workers) if (worker.free > 0 && !worker.stopping.signal.aborted) return worker
  return undefined
}

type Task = (consumer: Consumer, signal: AbortSignal) => Promise<void>

function eventTask(options: ChannelOptions, backlog: Backlog, item: QueuedEvent): Task {
  const { event, position } = item
  return async (consumer, signal) => {
    const handle = (count: number) => consumer.onEvent(event, { position, attempt: count, signal })
    const outcome = await tryOften(options, signal, handle)
    if (outcome === 'abandoned') backlog.putBack(item)
    else if (outcome !== 'handled') report(options, event, outcome)
  }
}

function resyncTask(options: ChannelOptions, backlog: Backlog, loss: Loss): Task {
  return async (consumer, signal) => {
    const outcome = await tryOften(options, signal, () => consumer.onResync(loss, { signal }))
    if (outcome === 'handled') backlog.settleLoss(loss)
    if (typeof outcome === 'string') return
    report(options, undefined, outcome)
    await options.pause(outcome.attempts, signal)
  }
}

function tryOften(
  { subscription, pause }: ChannelOptions,
  signal: AbortSignal,
  work: (count: number) => Promise<void>,
): Promise<AttemptOutcome> {
  return attempt(work, { most: subscription.attempts ?? 3, signal, pause })
}

function report(
  { subscription, onFault }: ChannelOptions,
  event: ControlEvent | undefined,
  failure: Exclude<AttemptOutcome, string>,
): void {
  onFault({ subscription: subscription.name, event, ...failure })
}
