import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import type { ControlEvent } from '@qmtl/contracts'
import type { Database } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { silentLogger } from '../telemetry/logger.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createDeferred } from '../testing/deferred.ts'
import { describeOnEveryDatabase, sqliteOpener } from '../testing/every-database.ts'
import { appendEvents, outboxMigration, type EventDraft } from './append-events.ts'
import { createOutboxRelay, type EventSink } from './outbox-relay.ts'

const draft = (subject: string, id: string): EventDraft => ({
  id,
  type: 'activation_updated',
  source: 'qmtl.worldservice',
  subject,
  time: '2024-01-01T00:00:00Z',
  data: { version: 1, id },
})

/** A bus that keeps what it gets and fails where it is told to. */
function recordingBus(fails: (events: readonly ControlEvent[]) => boolean = () => false) {
  const received: ControlEvent[] = []
  const calls: number[] = []
  return {
    received,
    calls,
    async publish(events: readonly ControlEvent[]) {
      calls.push(events.length)
      if (fails(events)) throw new Error('bus down')
      received.push(...events)
    },
  }
}

const relayOf = (database: Database<unknown>, bus: EventSink, batchSize = 256) =>
  createOutboxRelay({ database, bus, batchSize, log: silentLogger, metrics: createMetrics() })

const append = (database: Database<unknown>, drafts: readonly EventDraft[]) =>
  database.transaction((trx) => appendEvents(trx, drafts))

describeOnEveryDatabase('the outbox', (open) => {
  let database: Database<unknown>
  beforeEach(async () => {
    database = await open()
    await migrate(database, [outboxMigration])
  })

  test('numbers events per subject from 1 without gaps and publishes them whole, in order', async () => {
    const bus = recordingBus()
    const written = [
      ...(await append(database, [draft('a', '1'), draft('b', '2'), draft('a', '3')])),
      ...(await append(database, [draft('a', '4')])),
    ]
    expect(written.map(({ subject, sequence }) => `${subject}${sequence}`)).toEqual(['a1', 'b1', 'a2', 'a3'])
    await relayOf(database, bus, 3).flush()
    expect(bus.received).toEqual(written)
    expect(bus.calls).toEqual([3, 1])
  })

  test('takes more events at once than one statement could, and numbers them alike', async () => {
    const drafts = Array.from({ length: 20_000 }, (_, n) => draft(`s${n % 18_000}`, `${n}`))
    const written = await append(database, drafts)
    expect(written.map(({ sequence }) => sequence)).toEqual(drafts.map((_, n) => (n < 18_000 ? 1 : 2)))
    const { rows } = await sql<{ count: number }>`select count(*) as count from outbox`.execute(database.kysely)
    expect(rows).toEqual([{ count: 20_000 }])
  })

  test('publishes nothing of a transaction that was undone, and reuses its numbers', async () => {
    const bus = recordingBus()
    const undone = database.transaction(async (trx) => {
      await appendEvents(trx, [draft('a', '1')])
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    await append(database, [draft('a', '2')])
    await relayOf(database, bus).flush()
    expect(bus.received.map(({ id, sequence }) => [id, sequence])).toEqual([['2', 1]])
  })

  test('keeps per-subject numbers in the order of publication under concurrent writers', async () => {
    const bus = recordingBus()
    const subjects = ['a', 'b', 'c']
    const relay = relayOf(database, bus, 4)
    const writers = Array.from({ length: 12 }, async (_, writer) => {
      const drafts = [0, 1].map((n) => draft(subjects[(writer + n) % 3] ?? 'a', `${writer}.${n}`))
      // An author's own transaction may lose to another one often enough to give up; then nothing of it exists.
      await append(database, drafts).catch(() => undefined)
      await relay.flush()
    })
    await Promise.all(writers)
    await relay.flush()
    for (const subject of subjects) {
      const sequences = bus.received.filter((event) => event.subject === subject).map(({ sequence }) => sequence)
      expect(sequences).toEqual(sequences.map((_, index) => index + 1))
    }
    expect(bus.received.length).toBeGreaterThan(0)
  })

  test('refuses an id that still waits', async () => {
    await append(database, [draft('a', '1')])
    await expect(append(database, [draft('a', '1')])).rejects.toThrow()
  })

  test('an event that cannot be published holds up its own subject only, and follows when it can', async () => {
    let poisoned = true
    const bus = recordingBus((events) => poisoned && events.some(({ id }) => id === '1'))
    await append(database, [draft('a', '1'), draft('a', '2'), draft('b', '3'), draft('a', '4'), draft('b', '5')])
    const relay = relayOf(database, bus, 3)
    await expect(relay.flush()).rejects.toThrow('bus down')
    expect(bus.received.map(({ id }) => id)).toEqual(['3', '5'])
    poisoned = false
    await relay.flush()
    expect(bus.received.map(({ id }) => id)).toEqual(['3', '5', '1', '2', '4'])
  })

  test('a relay publishes what was left by one that was stopped while the bus was down', async () => {
    let down = true
    const bus = recordingBus(() => down)
    const first = relayOf(database, bus)
    await first.start()
    await append(database, [draft('a', '1')])
    first.notify()
    await first.stop()
    await first.stop()
    down = false
    const second = relayOf(database, bus)
    await second.start()
    await second.stop()
    expect(bus.received.map(({ id }) => id)).toEqual(['1'])
  })

  test('two relays publish each event once as long as nothing fails', async () => {
    const bus = recordingBus()
    await append(
      database,
      Array.from({ length: 20 }, (_, n) => draft(`s${n % 3}`, String(n))),
    )
    const one = relayOf(database, bus, 2)
    if (database.kind === 'sqlite') return one.flush()
    const other = relayOf(database, bus, 2)
    await Promise.all([one.flush(), other.flush()])
    expect(bus.received.map(({ id }) => Number(id))).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })
})

test('notify publishes at once, without waiting for the next poll', async () => {
  const database = await opener()
  await migrate(database, [outboxMigration])
  const published = createDeferred()
  const bus: EventSink = { publish: async () => published.resolve() }
  const endless = (_ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  const relay = createOutboxRelay({ database, bus, log: silentLogger, metrics: createMetrics(), wait: endless })
  await relay.start()
  await append(database, [draft('a', '1')])
  relay.notify()
  await published.promise
  await relay.stop()
})

test('after failures the relay waits longer each time, within its bounds', async () => {
  const database = await opener()
  await migrate(database, [outboxMigration])
  await append(database, [draft('a', '1')])
  const waits: number[] = []
  const enough = createDeferred()
  const wait = async (ms: number) => {
    waits.push(ms)
    if (waits.length === 12) enough.resolve()
    // The last wait lasts until the stop; the others pass at once, in a later turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const relay = createOutboxRelay({
    database,
    bus: recordingBus(() => true),
    log: silentLogger,
    metrics: createMetrics(),
    wait,
  })
  await relay.start()
  await enough.promise
  await relay.stop()
  for (const [index, ms] of waits.slice(0, 12).entries()) {
    const longest = Math.min(30_000, 100 * 2 ** index)
    expect(ms).toBeGreaterThanOrEqual(longest / 2)
    expect(ms).toBeLessThanOrEqual(longest)
  }
})

test('notify does not cut the wait after a failure short', async () => {
  const database = await opener()
  await migrate(database, [outboxMigration])
  await append(database, [draft('a', '1')])
  const waiting = createDeferred()
  const signals: AbortSignal[] = []
  const wait = (_ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signals.push(signal)
      signal.addEventListener('abort', () => resolve(), { once: true })
      waiting.resolve()
    })
  const bus = recordingBus(() => true)
  const relay = createOutboxRelay({ database, bus, log: silentLogger, metrics: createMetrics(), wait })
  await relay.start()
  await waiting.promise
  relay.notify()
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  await relay.stop()
})

test('whatever the bus refuses, and when, every event arrives and each subject stays in order', async () => {
  const steps = fc.array(
    fc.record({ subject: fc.constantFrom('a', 'b', 'c'), count: fc.integer({ min: 1, max: 4 }) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.infiniteStream(fc.boolean()),
      fc.integer({ min: 1, max: 5 }),
      async (writes, refuses, size) => {
        const database = await opener()
        await migrate(database, [outboxMigration])
        let left = 30
        const bus = recordingBus(() => left-- > 0 && refuses.next().value === true)
        const relay = relayOf(database, bus, size)
        let id = 0
        for (const { subject, count } of writes) {
          await append(
            database,
            Array.from({ length: count }, () => draft(subject, String(id++))),
          )
          await relay.flush().catch(() => undefined)
        }
        left = 0
        await relay.flush()
        expect(bus.received).toHaveLength(id)
        for (const subject of ['a', 'b', 'c']) {
          const sequences = bus.received.filter((event) => event.subject === subject).map(({ sequence }) => sequence)
          expect(sequences).toEqual(sequences.map((_, index) => index + 1))
        }
      },
    ),
    { numRuns: 15 },
  )
})

const opener = sqliteOpener()
