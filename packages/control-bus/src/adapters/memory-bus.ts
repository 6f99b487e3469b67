import { setTimeout as sleep } from 'node:timers/promises'
import { QmtlError, type ControlEvent } from '@qmtl/contracts'
import type { ControlBus, HandlerFault, Subscription } from '../ports.ts'
import { createEventWindow } from '../window/event-window.ts'
import { createChannelRegistry, type ChannelRegistry } from './channel-registry.ts'
import type { Channel } from './memory-channel.ts'
import { createProgress, type Progress } from './progress.ts'

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
  const progress = createProgress()
  const registry = createChannelRegistry({ window, onFault, pause, onProgress: progress.report })
  const append = createAppender(window, registry, progress)
  const subscriptions = new Set<Subscription>()
  let turn: Promise<unknown> = Promise.resolve()
  let stopping: Promise<void> | undefined

  async function settled(): Promise<void> {
    while (!registry.all().every(({ isIdle }) => isIdle)) await progress.next(undefined)
  }

  async function stopAll(): Promise<void> {
    const late = new AbortController()
    const deadline = sleep(stopTimeoutMs, undefined, { signal: late.signal }).catch(() => undefined)
    const drained = turn.then(settled).then(() => Promise.all([...subscriptions].map((one) => one.stop())))
    await Promise.race([drained, deadline])
    late.abort()
  }

  return {
    publish(events, { signal } = {}) {
      if (stopping !== undefined) return Promise.reject(new QmtlError('E_STOPPING', 'the bus takes no more events'))
      const published = turn.then(() => append(events, signal))
      turn = published.catch(() => undefined)
      return published
    },
    async subscribe(subscription, consumer) {
      const channel = registry.open(subscription)
      const worker = channel.join(consumer, subscription.concurrency ?? 1)
      const made: Subscription = {
        position: channel.position,
        async stop() {
          if (!subscriptions.delete(made)) return
          await worker.stop()
          registry.close(subscription, channel)
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

type Append = (events: readonly ControlEvent[], signal: AbortSignal | undefined) => Promise<void>

/** Appends the events that are new, each when every queue that blocks has room for it. */
function createAppender(
  window: ReturnType<typeof createEventWindow>,
  registry: ChannelRegistry,
  progress: Progress,
): Append {
  return async (events, signal) => {
    signal?.throwIfAborted()
    const byId = new Map(events.map((event) => [event.id, event]))
    const fresh = [...byId.values()].filter(({ id }) => !window.remembers(id))
    for (const channel of registry.all()) refuseOverflow(channel, fresh)
    for (const event of fresh) {
      while (registry.all().some((channel) => blocks(channel, event))) await progress.next(signal)
      const position = window.append(event)
      for (const channel of registry.all()) channel.offer(event, position)
    }
  }
}

function blocks(channel: Channel, event: ControlEvent): boolean {
  return channel.overflow === 'block' && channel.wants(event) && channel.room() === 0
}

function refuseOverflow(channel: Channel, events: readonly ControlEvent[]): void {
  if (channel.overflow !== 'fail') return
  const wanted = events.filter(channel.wants).length
  if (wanted <= channel.room()) return
  throw new QmtlError('E_DEGRADED', `a subscription has room for ${channel.room()} of ${wanted} events`, {
    details: { retry_after_s: 1 },
  })
}

async function pauseQuietly(count: number, signal: AbortSignal): Promise<void> {
  // An abort ends the pause; that is its purpose.
  await sleep(500 * count, undefined, { signal, ref: false }).catch(() => undefined)
}
