import type { ControlEvent } from '@qmtl/contracts'
import type { Consumer, Position } from '../ports.ts'

export interface RecordingOptions {
  /** What the handler does with an event; nothing unless given. */
  readonly onEvent?: (event: ControlEvent, attempt: number) => Promise<void> | void
  readonly onResync?: () => Promise<void> | void
}

/** A consumer that keeps what it handled, and lets a test wait for it. */
export interface RecordingConsumer extends Consumer {
  /** Ids of the events handled, and `resync:<reason>`, in the order in which they ended. */
  readonly journal: readonly string[]
  readonly events: readonly ControlEvent[]
  readonly positions: readonly Position[]
  /** Resolves when the journal has this many entries. */
  entries(count: number): Promise<void>
}

export function createRecordingConsumer(options: RecordingOptions = {}): RecordingConsumer {
  const journal: string[] = []
  const events: ControlEvent[] = []
  const positions: Position[] = []
  let waiting: { readonly count: number; readonly resolve: () => void }[] = []

  function record(entry: string): void {
    journal.push(entry)
    for (const { resolve } of waiting.filter(({ count }) => count <= journal.length)) resolve()
    waiting = waiting.filter(({ count }) => count > journal.length)
  }

  return {
    journal,
    events,
    positions,
    entries(count) {
      if (journal.length >= count) return Promise.resolve()
      return new Promise((resolve) => waiting.push({ count, resolve }))
    },
    async onEvent(event, { position, attempt }) {
      await options.onEvent?.(event, attempt)
      events.push(event)
      positions.push(position)
      record(event.id)
    },
    async onResync({ reason }) {
      await options.onResync?.()
      record(`resync:${reason}`)
    },
  }
}
