import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { ControlEvent } from '@qmtl/contracts'
import type { ControlBus, HandlerFault, OverflowRule, SubscribeOptions } from '../ports.ts'
import { createGate } from './gate.ts'
import { createRecordingConsumer } from './recording-consumer.ts'

/** Opens an empty bus that keeps `windowEvents` events, pauses for nothing between attempts and reports faults. */
export type OpenBus = (options: {
  readonly windowEvents: number
  readonly onFault: (fault: HandlerFault) => void
}) => Promise<ControlBus>

/** The promises of a control bus; every implementation passes this suite. */
export function describeControlBus(name: string, openBus: OpenBus): void {
  describe(`the control bus in ${name}`, () => {
    const faults: HandlerFault[] = []
    const open = busOpener(openBus, faults)
    describeDelivery(open)
    describeDuplicates(open)
    describeReplay(open)
    describeGroups(open)
    describeFailures(open, faults)
    describeOverflow(open)
    describeStop(open)
    describeLaws(open)
  })
}

type Open = (windowEvents?: number) => Promise<ControlBus>

function busOpener(openBus: OpenBus, faults: HandlerFault[]): Open {
  const opened: ControlBus[] = []
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.stop()
    faults.length = 0
  })
  return async (windowEvents = 1_000) => {
    const bus = await openBus({ windowEvents, onFault: (fault) => faults.push(fault) })
    opened.push(bus)
    return bus
  }
}

/** An event whose id is its subject and sequence, such as `a1`. */
function anEvent(subject: string, sequence: number, type = 'policy_updated'): ControlEvent {
  return {
    specversion: '1.0',
    id: `${subject}${sequence}`,
    type,
    source: 'qmtl.worldservice',
    subject,
    time: '2024-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    sequence,
    data: { version: 1 },
  }
}

const run = (subject: string, from: number, to: number): ControlEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => anEvent(subject, from + index))

const roomy: SubscribeOptions = { name: 'test', capacity: 1_000, overflow: 'drop-oldest' }

function describeDelivery(open: Open): void {
  test('gives every subscriber every event whole and in order', async () => {
    const bus = await open()
    const [one, other] = [createRecordingConsumer(), createRecordingConsumer()]
    await bus.subscribe(roomy, one)
    await bus.subscribe(roomy, other)
    const events = [...run('a', 1, 3), ...run('b', 1, 2)]
    await bus.publish(events.slice(0, 2))
    await bus.publish(events.slice(2))
    await Promise.all([one.entries(5), other.entries(5)])
    expect(one.events).toEqual(events)
    expect(other.events).toEqual(events)
    expect(one.positions).toEqual([1, 2, 3, 4, 5])
  })

  test('gives a subscriber the types it asked for', async () => {
    const bus = await open()
    const consumer = createRecordingConsumer()
    await bus.subscribe({ ...roomy, types: ['queue_updated'] }, consumer)
    await bus.publish([anEvent('a', 1), anEvent('a', 2, 'queue_updated'), anEvent('a', 3, 'queue_updated')])
    await consumer.entries(2)
    expect(consumer.journal).toEqual(['a2', 'a3'])
  })

  test('counts an event as handled when its handler has finished', async () => {
    const bus = await open()
    const gate = createGate()
    const consumer = createRecordingConsumer({ onEvent: ({ id }) => (id === 'a2' ? gate.opened : undefined) })
    const subscription = await bus.subscribe(roomy, consumer)
    await bus.publish(run('a', 1, 3))
    await consumer.entries(1)
    expect(subscription.position()).toBe(1)
    gate.open()
    await consumer.entries(3)
    await subscription.stop()
    expect(subscription.position()).toBe(3)
  })

  test('handles other subjects while one is slow, as many at once as it was told', async () => {
    const bus = await open()
    const gate = createGate()
    const consumer = createRecordingConsumer({ onEvent: ({ id }) => (id === 'a1' ? gate.opened : undefined) })
    const subscription = await bus.subscribe({ ...roomy, concurrency: 2 }, consumer)
    await bus.publish([...run('a', 1, 2), ...run('b', 1, 2)])
    await consumer.entries(2)
    expect(consumer.journal).toEqual(['b1', 'b2'])
    expect(subscription.position()).toBe(0)
    gate.open()
    await consumer.entries(4)
    expect(consumer.journal).toEqual(['b1', 'b2', 'a1', 'a2'])
  })
}

function describeDuplicates(open: Open): void {
  test('drops an event whose id was published before, in the same call or a later one', async () => {
    const bus = await open()
    const consumer = createRecordingConsumer()
    await bus.subscribe(roomy, consumer)
    await bus.publish([anEvent('a', 1), anEvent('a', 1), anEvent('a', 2)])
    await bus.publish([anEvent('a', 2), anEvent('a', 3), anEvent('a', 1)])
    await bus.publish([anEvent('z', 1)])
    await consumer.entries(4)
    expect(consumer.journal).toEqual(['a1', 'a2', 'a3', 'z1'])
  })
}

function describeReplay(open: Open): void {
  test('begins now unless told otherwise', async () => {
    const bus = await open()
    await bus.publish(run('a', 1, 2))
    const consumer = createRecordingConsumer()
    await bus.subscribe(roomy, consumer)
    await bus.publish(run('a', 3, 3))
    await consumer.entries(1)
    expect(consumer.journal).toEqual(['a3'])
  })

  test('replays from the oldest event or from a position, then goes on live, even through a small queue', async () => {
    const bus = await open()
    await bus.publish(run('a', 1, 5))
    const [all, rest] = [createRecordingConsumer(), createRecordingConsumer()]
    await bus.subscribe({ ...roomy, capacity: 2, overflow: 'block', from: 'oldest' }, all)
    await bus.subscribe({ ...roomy, capacity: 2, overflow: 'block', from: { after: 3 } }, rest)
    await bus.publish(run('a', 6, 7))
    await Promise.all([all.entries(7), rest.entries(4)])
    expect(all.events).toEqual(run('a', 1, 7))
    expect(rest.events).toEqual(run('a', 4, 7))
  })

  for (const [what, after] of [
    ['that has left the window', 1],
    ['of another life of the bus', 99],
  ] as const) {
    test(`tells a consumer whose position is one ${what} to resync before anything else`, async () => {
      const bus = await open(3)
      await bus.publish(run('a', 1, 6))
      const consumer = createRecordingConsumer()
      await bus.subscribe({ ...roomy, from: { after } }, consumer)
      await bus.publish(run('a', 7, 7))
      const expected = ['resync:window', ...(after === 99 ? [] : ['a4', 'a5', 'a6']), 'a7']
      await consumer.entries(expected.length)
      // The window moved on while the consumer came; what matters is that nothing before the resync is missing after it.
      expect(consumer.journal.at(0)).toBe('resync:window')
      expect(consumer.journal.at(-1)).toBe('a7')
    })
  }
}

function describeGroups(open: Open): void {
  const shared: SubscribeOptions = { ...roomy, group: 'workers' }

  test('share their events: each is handled by one member, each subject by one at a time, in order', async () => {
    const bus = await open()
    const busy = new Set<string>()
    const onEvent = async ({ subject }: ControlEvent): Promise<void> => {
      expect(busy.has(subject)).toBe(false)
      busy.add(subject)
      await new Promise((resolve) => setImmediate(resolve))
      busy.delete(subject)
    }
    const journal: string[] = []
    const members = [1, 2, 3].map(() => createRecordingConsumer({ onEvent }))
    for (const member of members) {
      await bus.subscribe(shared, {
        ...member,
        async onEvent(event, context) {
          await member.onEvent(event, context)
          journal.push(event.id)
        },
      })
    }
    const everyone = createRecordingConsumer()
    await bus.subscribe(roomy, everyone)
    await bus.publish(['a', 'b', 'c'].flatMap((subject) => run(subject, 1, 10)))
    while (journal.length < 30) await new Promise((resolve) => setImmediate(resolve))
    for (const subject of ['a', 'b', 'c']) {
      expect(journal.filter((id) => id.startsWith(subject))).toEqual(run(subject, 1, 10).map(({ id }) => id))
    }
    await everyone.entries(30)
  })

  test('keep their position while nobody is there', async () => {
    const bus = await open()
    const first = createRecordingConsumer()
    const subscription = await bus.subscribe(shared, first)
    await bus.publish(run('a', 1, 2))
    await first.entries(2)
    await subscription.stop()
    await bus.publish(run('a', 3, 4))
    const second = createRecordingConsumer()
    await bus.subscribe(shared, second)
    await bus.publish(run('a', 5, 5))
    await second.entries(3)
    expect(second.journal).toEqual(['a3', 'a4', 'a5'])
  })

  test('hand an event that a stopping member failed on to the next member', async () => {
    const bus = await open()
    const entered = createGate()
    const gate = createGate()
    const leaving = createRecordingConsumer({
      async onEvent() {
        entered.open()
        await gate.opened
        throw new Error('leaving')
      },
    })
    const subscription = await bus.subscribe(shared, leaving)
    await bus.publish(run('a', 1, 2))
    await entered.opened
    const stopping = subscription.stop()
    gate.open()
    await stopping
    const next = createRecordingConsumer()
    await bus.subscribe(shared, next)
    await next.entries(2)
    expect(next.journal).toEqual(['a1', 'a2'])
  })

  test('refuse a member with other rules', async () => {
    const bus = await open()
    await bus.subscribe(shared, createRecordingConsumer())
    const joining = bus.subscribe({ ...shared, overflow: 'block' }, createRecordingConsumer())
    await expect(joining).rejects.toMatchObject({ code: 'E_INVALID_PARAMETER' })
  })
}

function describeFailures(open: Open, faults: readonly HandlerFault[]): void {
  test('a handler that fails is called again, and the next events wait for it', async () => {
    const bus = await open()
    const consumer = createRecordingConsumer({
      onEvent({ id }, attempt) {
        if (id === 'a1' && attempt < 3) throw new Error('not yet')
      },
    })
    await bus.subscribe(roomy, consumer)
    await bus.publish(run('a', 1, 2))
    await consumer.entries(2)
    expect(consumer.journal).toEqual(['a1', 'a2'])
    expect(faults).toEqual([])
  })

  test('an event whose handler fails at every attempt is reported and the next ones go on', async () => {
    const bus = await open()
    const error = new Error('poison')
    const consumer = createRecordingConsumer({
      onEvent({ id }) {
        if (id === 'a1') throw error
      },
    })
    await bus.subscribe({ ...roomy, name: 'audit', attempts: 2 }, consumer)
    await bus.publish(run('a', 1, 2))
    await consumer.entries(1)
    expect(consumer.journal).toEqual(['a2'])
    expect(faults).toEqual([{ subscription: 'audit', event: anEvent('a', 1), attempts: 2, error }])
  })

  test('a resync that fails is reported and tried again; no event overtakes it', async () => {
    const bus = await open(2)
    let failures = 4
    const consumer = createRecordingConsumer({
      onResync() {
        if (failures-- > 0) throw new Error('no snapshot')
      },
    })
    await bus.publish(run('a', 1, 5))
    await bus.subscribe({ ...roomy, from: { after: 1 } }, consumer)
    await consumer.entries(3)
    expect(consumer.journal).toEqual(['resync:window', 'a4', 'a5'])
    expect(faults).toMatchObject([{ event: undefined, attempts: 3, error: { message: 'no snapshot' } }])
  })
}

function describeOverflow(open: Open): void {
  /** A subscriber stuck in its first event, with room for two more. */
  async function stuck(overflow: OverflowRule) {
    const bus = await open()
    const gate = createGate()
    const entered = createGate()
    const consumer = createRecordingConsumer({
      async onEvent({ id }) {
        if (id !== 'x1') return
        entered.open()
        await gate.opened
      },
    })
    await bus.subscribe({ ...roomy, capacity: 2, overflow }, consumer)
    await bus.publish(run('x', 1, 1))
    await entered.opened
    return { bus, gate, consumer }
  }

  test('drop-oldest loses the oldest and says so before the next event', async () => {
    const { bus, gate, consumer } = await stuck('drop-oldest')
    await bus.publish(run('a', 1, 4))
    gate.open()
    await consumer.entries(4)
    expect(consumer.journal).toEqual(['x1', 'resync:overflow', 'a3', 'a4'])
  })

  test('coalesce keeps the last event of each type and subject', async () => {
    const { bus, gate, consumer } = await stuck('coalesce')
    await bus.publish([...run('a', 1, 1), ...run('b', 1, 1), ...run('a', 2, 4)])
    gate.open()
    await consumer.entries(3)
    expect(consumer.journal).toEqual(['x1', 'b1', 'a4'])
  })

  test('coalesce with more subjects than room loses the oldest and says so', async () => {
    const { bus, gate, consumer } = await stuck('coalesce')
    await bus.publish(['a', 'b', 'c'].map((subject) => anEvent(subject, 1)))
    gate.open()
    await consumer.entries(4)
    expect(consumer.journal).toEqual(['x1', 'resync:overflow', 'b1', 'c1'])
  })

  test('fail refuses the whole publication, which passes once there is room', async () => {
    const { bus, gate, consumer } = await stuck('fail')
    const other = createRecordingConsumer()
    await bus.subscribe(roomy, other)
    await expect(bus.publish(run('a', 1, 3))).rejects.toMatchObject({ code: 'E_DEGRADED' })
    await bus.publish(run('b', 1, 2))
    gate.open()
    await consumer.entries(3)
    await bus.publish(run('a', 1, 2))
    await other.entries(4)
    expect(other.journal).toEqual(['b1', 'b2', 'a1', 'a2'])
  })

  test('block makes the publisher wait until there is room, and loses nothing', async () => {
    const { bus, gate, consumer } = await stuck('block')
    let published = false
    const publishing = bus.publish(run('a', 1, 4)).then(() => {
      published = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(published).toBe(false)
    gate.open()
    await publishing
    await consumer.entries(5)
    expect(consumer.journal).toEqual(['x1', 'a1', 'a2', 'a3', 'a4'])
  })

  test('a blocked publisher may give up', async () => {
    const { bus, gate, consumer } = await stuck('block')
    const controller = new AbortController()
    const publishing = bus.publish(run('a', 1, 4), { signal: controller.signal })
    controller.abort()
    await expect(publishing).rejects.toThrow()
    gate.open()
    await bus.publish(run('a', 1, 4))
    await consumer.entries(5)
    expect(consumer.journal).toEqual(['x1', 'a1', 'a2', 'a3', 'a4'])
  })
}

function describeStop(open: Open): void {
  test('stop lets what was published be handled, then refuses', async () => {
    const bus = await open()
    const consumer = createRecordingConsumer({ onEvent: () => new Promise((resolve) => setImmediate(resolve)) })
    await bus.subscribe(roomy, consumer)
    await bus.publish(run('a', 1, 5))
    await bus.stop()
    await bus.stop()
    expect(consumer.journal).toHaveLength(5)
    await expect(bus.publish(run('a', 6, 6))).rejects.toMatchObject({ code: 'E_STOPPING' })
  })

  test('a subscription that was stopped gets nothing more', async () => {
    const bus = await open()
    const [stopped, other] = [createRecordingConsumer(), createRecordingConsumer()]
    const subscription = await bus.subscribe(roomy, stopped)
    await bus.subscribe(roomy, other)
    await subscription.stop()
    await subscription.stop()
    await bus.publish(run('a', 1, 1))
    await other.entries(1)
    expect(stopped.journal).toEqual([])
  })
}

function describeLaws(open: Open): void {
  const publications = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }), { maxLength: 12 })

  test('whatever is published, repeated and handled slowly: order per subject, no id twice, replay equals live', async () => {
    await fc.assert(
      fc.asyncProperty(
        publications,
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat(2)),
        async (batches, concurrency, delays) => {
          const bus = await open()
          const live = createRecordingConsumer({
            async onEvent() {
              for (let turns = Number(delays.next().value); turns > 0; turns--)
                await new Promise((resolve) => setImmediate(resolve))
            },
          })
          await bus.subscribe({ ...roomy, capacity: 3, overflow: 'block', concurrency }, live)
          const { sent, total } = await publishWithRepeats(bus, batches)
          await live.entries(total)
          const replayed = createRecordingConsumer()
          await bus.subscribe({ ...roomy, capacity: 2, overflow: 'block', from: 'oldest' }, replayed)
          await replayed.entries(total)
          expect(replayed.events).toEqual(sent)
          expect(new Set(live.journal).size).toBe(live.journal.length)
          for (const subject of ['a', 'b', 'c']) {
            const sequences = live.events.filter((event) => event.subject === subject).map(({ sequence }) => sequence)
            expect(sequences).toEqual(sequences.map((_, index) => index + 1))
          }
        },
      ),
      { numRuns: 30 },
    )
  })
}

/** Publishes batches of subjects with increasing sequences, each batch twice and at once, as a retrying outbox might. */
async function publishWithRepeats(bus: ControlBus, batches: readonly (readonly string[])[]) {
  const counts = new Map<string, number>()
  const sent: ControlEvent[] = []
  const publishing: Promise<void>[] = []
  for (const batch of batches) {
    const events = batch.map((subject) => {
      const sequence = (counts.get(subject) ?? 0) + 1
      counts.set(subject, sequence)
      return anEvent(subject, sequence)
    })
    sent.push(...events)
    publishing.push(bus.publish(events), bus.publish(events))
  }
  await Promise.all(publishing)
  return { sent, total: sent.length }
}
