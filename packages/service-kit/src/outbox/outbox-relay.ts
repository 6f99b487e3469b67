import { setTimeout as sleep } from 'node:timers/promises'
import { isJsonObject, QmtlError, type ControlEvent } from '@qmtl/contracts'
import { sql } from 'kysely'
import { withExclusiveTurn } from '../database/dialect-statements.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Where events go: the part of the control bus that the relay needs. */
export interface EventSink {
  /** Resolves when the events, in this order, are taken over. May be called again with the same events. */
  publish(events: readonly ControlEvent[]): Promise<void>
}

export interface OutboxRelayOptions<Tables> {
  readonly database: Database<Tables>
  readonly bus: EventSink
  readonly log: Logger
  readonly metrics: Metrics
  /** Events per publication at most; default 256. */
  readonly batchSize?: number
  /** Longest time until events of other processes are seen, in milliseconds; default 1,000. */
  readonly pollMs?: number
  /** How to wait; tests give their own. Must settle soon after the abort. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * Publishes what `appendEvents` wrote: at least once, in order per subject, whoever wrote it; a published event leaves
 * the table. When the bus fails, the relay tries again after 0.1 s, doubling up to 30 s, for as long as it runs. An event
 * that alone cannot be published holds up its own subject only.
 */
export interface OutboxRelay {
  start(): Promise<void>
  /** Says that events were committed: they are published at once, or after the wait that follows a failure. */
  notify(): void
  /** Publishes what is there and resolves; throws when some of it could not be published. */
  flush(): Promise<void>
  /** Publishes what is there, once, then stops; idempotent. What could not be published stays for the next start. */
  stop(): Promise<void>
}

const firstBackoffMs = 100
const lastBackoffMs = 30_000

export function createOutboxRelay<Tables>(options: OutboxRelayOptions<Tables>): OutboxRelay {
  const { log, pollMs = 1_000, wait = waitQuietly } = options
  const pass = createPass(options)
  let wake = new AbortController()
  let stopped = false
  let notified = false
  let failures = 0
  let running: Promise<void> | undefined
  let turn: Promise<void> = Promise.resolve()

  /** One pass at a time: the loop's and a caller's would publish the same events. */
  function flush(): Promise<void> {
    const next = turn.then(pass)
    turn = next.catch(() => undefined)
    return next
  }

  async function run(): Promise<void> {
    while (!stopped) {
      notified = false
      failures = await flush().then(
        () => 0,
        (error: unknown) => {
          if (failures === 0) log.warn('outbox-publish-failed', { error })
          return failures + 1
        },
      )
      wake = new AbortController()
      if (!mayGoOn()) await wait(failures === 0 ? pollMs : backoffMs(failures), wake.signal)
    }
  }

  // While the bus fails, each commit would go through everything that waits, in vain.
  const mayGoOn = (): boolean => stopped || (notified && failures === 0)

  function wakeUp(): void {
    notified = true
    if (mayGoOn()) wake.abort()
  }

  return {
    async start() {
      running ??= run()
    },
    notify: wakeUp,
    flush,
    async stop() {
      if (stopped) return running
      stopped = true
      wakeUp()
      await running
      await flush().catch((error: unknown) => log.warn('outbox-left-unsent', { error }))
    },
  }
}

interface OutboxRow {
  readonly position: number
  readonly subject: string
  readonly event: string
}

/** Publishes everything in the table, batch by batch; throws the first failure after the rest has had its chance. */
function createPass<Tables>(options: OutboxRelayOptions<Tables>): () => Promise<void> {
  const { database, metrics, batchSize = 256 } = options
  const { kysely } = database
  const sent = metrics.counter({ name: 'qmtl_outbox_sent_total', help: 'Events published from the outbox' })
  const failed = metrics.counter({ name: 'qmtl_outbox_failures_total', help: 'Publications that the bus refused' })
  const pending = metrics.gauge({ name: 'qmtl_outbox_pending_count', help: 'Events that wait in the outbox' })

  async function passOnce(): Promise<void> {
    const held: Held = { subjects: new Set(), failure: undefined }
    for (let after = 0; ;) {
      const { rows } = await sql<OutboxRow>`
        select position, subject, event from outbox where position > ${after}
        order by position limit ${batchSize}`.execute(kysely)
      const positions = await publishRows(options.bus, rows, held)
      if (positions.length > 0) {
        await sql`delete from outbox where position in (${sql.join(positions)})`.execute(kysely)
        sent.add({}, positions.length)
      }
      after = rows.at(-1)?.position ?? after
      if (rows.length < batchSize) break
    }
    const { rows } = await sql<{ n: number }>`select count(*) as n from outbox`.execute(kysely)
    pending.set({}, rows[0]?.n ?? 0)
    if (held.failure === undefined) return
    failed.add({})
    throw held.failure.thrown
  }

  return async () => {
    await withExclusiveTurn(kysely, 'outbox', passOnce)
  }
}

interface Held {
  /** Subjects with an event that could not be published: their later ones must wait. */
  readonly subjects: Set<string>
  failure: { readonly thrown: unknown } | undefined
}

/** Returns the positions of the rows that were published. */
async function publishRows(bus: EventSink, rows: readonly OutboxRow[], held: Held): Promise<readonly number[]> {
  const free = rows.filter(({ subject }) => !held.subjects.has(subject))
  if (free.length === 0) return []
  try {
    await bus.publish(free.map(eventOf))
    return free.map(({ position }) => position)
  } catch (thrown) {
    held.failure ??= { thrown }
    return publishSingly(bus, free, held)
  }
}

async function publishSingly(bus: EventSink, rows: readonly OutboxRow[], held: Held): Promise<readonly number[]> {
  const published: number[] = []
  for (const row of rows) {
    if (held.subjects.has(row.subject)) continue
    try {
      await bus.publish([eventOf(row)])
      published.push(row.position)
    } catch {
      held.subjects.add(row.subject)
    }
  }
  return published
}

function eventOf(row: OutboxRow): ControlEvent {
  const event: unknown = JSON.parse(row.event)
  if (isControlEvent(event)) return event
  throw new QmtlError('E_INTERNAL', `row ${row.position} of the outbox is not an event`)
}

function isControlEvent(value: unknown): value is ControlEvent {
  return isJsonObject(value) && typeof value['id'] === 'string' && typeof value['sequence'] === 'number'
}

function backoffMs(failures: number): number {
  const longest = Math.min(lastBackoffMs, firstBackoffMs * 2 ** (failures - 1))
  return longest * (0.5 + Math.random() / 2)
}

async function waitQuietly(ms: number, signal: AbortSignal): Promise<void> {
  // An abort ends the wait; that is its purpose.
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined)
}
