import { setTimeout as sleep } from 'node:timers/promises'
import { QmtlError, type CallOptions, type ControlEvent } from '@qmtl/contracts'
import type { Consumer, ControlBus, HandlerFault, Position, SubscribeOptions, Subscription } from '../ports.ts'
import { createEventWindow } from '../window/event-window.ts'
import { createChannel, type Channel } from './memory-channel.ts'

export interface MemoryBusOptions {
  /** Events kept for subscribers that begin or fall behind, and whose ids are remembered; default 10,000. */
  readonly windowEvents?: number
  /** Told of an event that its handler could not take, or of a resync that failed. */
  readonly onFault: (fault: HandlerFault) => void
  /** How long `stop` waits for handlers, in milliseconds; default 10 s. */
  readonly stopTimeoutMs?: number
  /** Pause before attempt `count + 1`; half a second times `count` unless given. */
  readonly pause?: (count: number, signal: AbortSignal) => Promise<void>
}

/** The bus inside one process. */
export interface MemoryBus extends ControlBus {
  /** Resolves when everything published so far, and by handlers meanwhile, is handled by whoever subscribes now. */
  settled(): Promise<void>
}

/** A bus for one process: the same promises as a broker's, with a window of events in memory instead of a stream. */
export function createMemoryBus(options: MemoryBusOptions): MemoryBus {
  const { onFault, pause = pauseQuietly, stopTimeoutMs = 10_000 } = options
  const window = createEventWindow(options.windowEvents ?? 10_000)
  const channels = new Set<Channel>()
  const groups = new Map<string, { readonly channel: Channel; readonly terms: string }>()
  const subscriptions = new Set<Subscription>()
  const progress = createProgress()
  let turn: Promise<unknown> = Promise.resolve()
  let stopping: Promise<void> | undefined

  async function append(events: readonly ControlEvent[], signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    const byId = new Map(events.map((event) => [event.id, event]))
    const fresh = [...byId.values()].filter(({ id }) => !window.remembers(id))
    for (const channel of channels) refuseOverflow(channel, fresh)
    for (const event of fresh) {
      const isFull = (channel: Channel): boolean =>
        channel.wants(event) && channel.overflow === 'block' && channel.room() === 0
      while ([...channels].some(isFull)) await progress.next(signal)
      const position = window.append(event)
      for (const channel of channels) channel.offer(event, position)
    }
  }

  function channelOf(subscription: SubscribeOptions): Channel {
    const { group } = subscription
    const terms = JSON.stringify([
      subscription.types,
      subscription.capacity,
      subscription.overflow,
      subscription.attempts,
    ])
    const known = group === undefined ? undefined : groups.get(group)
    if (known !== undefined && known.terms !== terms) {
      throw new QmtlError('E_INVALID_PARAMETER', `group '${group ?? ''}' exists with other types, capacity or rules`)
    }
    if (known !== undefined) return known.channel
    const start = startOf(subscription.from ?? 'now', window)
    const channel = createChannel({ subscription, window, start, onFault, pause, onProgress: progress.report })
    channels.add(channel)
    if (group !== undefined) groups.set(group, { channel, terms })
    return channel
  }

  async function stopAll(): Promise<void> {
    const late = new AbortController()
    const deadline = sleep(stopTimeoutMs, undefined, { signal: late.signal, ref: false }).catch(() => undefined)
    const drained = turn.then(settled).then(() => Promise.all([...subscriptions].map((one) => one.stop())))
    await Promise.race([drained, deadline])
    late.abort()
  }

  async function settled(): Promise<void> {
    while (![...channels].every(({ isIdle }) => isIdle)) await progress.next(undefined)
  }

  return {
    publish(events, { signal }: CallOptions = {}) {
      if (stopping !== undefined) return Promise.reject(new QmtlError('E_STOPPING', 'the bus takes no more events'))
      const published = turn.then(() => append(events, signal))
      turn = published.catch(() => undefined)
      return published
    },
    async subscribe(subscription: SubscribeOptions, consumer: Consumer) {
      const channel = channelOf(subscription)
      const worker = channel.join(consumer, subscription.concurrency ?? 1)
      const made: Subscription = {
        position: channel.position,
        async stop() {
          if (!subscriptions.delete(made)) return
          await worker.stop()
          if (subscription.group === undefined) channels.delete(channel)
          progress.report()
        },
      }
      subscriptions.add(made)
      return made
    },
    settled,
    stop: () => (stopping ??= stopAll()),
  }
}

function startOf(from: NonNullable<SubscribeOptions['from']>, window: { head: Position; oldest: Position }): Position {
  if (from === 'now') return window.head
  return from === 'oldest' ? window.oldest - 1 : from.after
}

function refuseOverflow(channel: Channel, events: readonly ControlEvent[]): void {
  const wanted = channel.overflow === 'fail' ? events.filter(channel.wants).length : 0
  if (wanted <= channel.room()) return
  throw new QmtlError('E_DEGRADED', `a subscription has room for ${channel.room()} of ${wanted} events`, {
    details: { retry_after_s: 1 },
  })
}

interface Progress {
  readonly report: () => void
  /** Resolves at the next report; throws when aborted before. */
  next(signal: AbortSignal | undefined): Promise<void>
}

function createProgress(): Progress {
  let waiting = new Set<() => void>()
  return {
    report() {
      const woken = waiting
      waiting = new Set()
      for (const wake of woken) wake()
    },
    next(signal) {
      signal?.throwIfAborted()
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          waiting.delete(wake)
          reject(new QmtlError('E_TIMEOUT', 'gave up waiting for room in a queue', { cause: signal?.reason }))
        }
        const wake = (): void => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        }
        waiting.add(wake)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
  }
}

async function pauseQuietly(count: number, signal: AbortSignal): Promise<void> {
  // An abort ends the pause; that is its purpose.
  await sleep(500 * count, undefined, { signal, ref: false }).catch(() => undefined)
}
