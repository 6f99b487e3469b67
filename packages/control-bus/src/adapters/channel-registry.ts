import { QmtlError } from '@qmtl/contracts'
import type { Position, SubscribeOptions } from '../ports.ts'
import type { EventWindow } from '../window/event-window.ts'
import { createChannel, type Channel, type ChannelOptions } from './memory-channel.ts'

/** The channels of a bus: one per subscription of its own, one per group for as long as the bus lives. */
export interface ChannelRegistry {
  all(): readonly Channel[]
  /** The channel of a subscription, made when missing. `E_INVALID_PARAMETER` when its group has other rules. */
  open(subscription: SubscribeOptions): Channel
  /** Forgets a channel that belongs to this subscription alone. */
  close(subscription: SubscribeOptions, channel: Channel): void
}

type Shared = Omit<ChannelOptions, 'subscription' | 'start'>

export function createChannelRegistry(shared: Shared): ChannelRegistry {
  const channels = new Set<Channel>()
  const groups = new Map<string, { readonly channel: Channel; readonly rules: string }>()

  function make(subscription: SubscribeOptions): Channel {
    const channel = createChannel({ ...shared, subscription, start: startOf(subscription.from, shared.window) })
    channels.add(channel)
    return channel
  }

  return {
    all: () => [...channels],
    open(subscription) {
      const { group } = subscription
      if (group === undefined) return make(subscription)
      const rules = rulesOf(subscription)
      const known = groups.get(group) ?? { channel: make(subscription), rules }
      groups.set(group, known)
      if (known.rules === rules) return known.channel
      throw new QmtlError('E_INVALID_PARAMETER', `group '${group}' exists with ${known.rules}, not ${rules}`)
    },
    close(subscription, channel) {
      if (subscription.group === undefined) channels.delete(channel)
    },
  }
}

function rulesOf({ types, capacity, overflow, attempts }: SubscribeOptions): string {
  return JSON.stringify({ types, capacity, overflow, attempts })
}

function startOf(from: SubscribeOptions['from'], window: EventWindow): Position {
  if (from === undefined || from === 'now') return window.head
  return from === 'oldest' ? window.oldest - 1 : from.after
}
