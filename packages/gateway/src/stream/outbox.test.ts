import { streamTopics } from '@qmtl/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOutbox, type Outbox, type OutboxItem } from './outbox.ts'

function drain(outbox: Outbox): OutboxItem[] {
  const items: OutboxItem[] = []
  for (let item = outbox.take(); item !== undefined; item = outbox.take()) items.push(item)
  return items
}

const message = (topic: (typeof streamTopics)[number], frame: string) => ({ topic, frame })

test('messages come out in the order they went in', () => {
  const outbox = createOutbox(10)
  for (const frame of ['a', 'b', 'c']) outbox.push(message('queue', frame))
  expect(drain(outbox).map((item) => (item.kind === 'message' ? item.message.frame : item))).toEqual(['a', 'b', 'c'])
})

test('over its capacity the oldest message that is not about activation is lost, and announced first', () => {
  const outbox = createOutbox(2)
  outbox.push(message('activation', 'a1'))
  outbox.push(message('queue', 'q1'))
  outbox.push(message('activation', 'a2'))
  outbox.push(message('orders', 'o1'))
  expect(drain(outbox)).toEqual([
    { kind: 'resync', topics: ['orders', 'queue'], lost: 2 },
    { kind: 'message', message: message('activation', 'a1') },
    { kind: 'message', message: message('activation', 'a2') },
  ])
})

test('among activation alone the oldest is lost', () => {
  const outbox = createOutbox(1)
  outbox.push(message('activation', 'a1'))
  outbox.push(message('activation', 'a2'))
  expect(drain(outbox)).toMatchObject([{ kind: 'resync', topics: ['activation'] }, { message: { frame: 'a2' } }])
})

test('a connection that lost as many as the outbox holds is too slow', () => {
  const outbox = createOutbox(2)
  const kept = Array.from({ length: 4 }, (_, index) => outbox.push(message('queue', String(index))))
  expect(kept).toEqual([true, true, true, false])
})

test('topics can be announced as lost without a message', () => {
  const outbox = createOutbox(2)
  outbox.lose(['policy'])
  expect(drain(outbox)).toEqual([{ kind: 'resync', topics: ['policy'], lost: 0 }])
})

test('every message is delivered in order or its topic is announced, and never more are held than fit', () => {
  const step = fc.oneof(fc.constantFrom(...streamTopics), fc.constant('take' as const))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
      const outbox = createOutbox(capacity)
      const pushed: { topic: string; frame: string }[] = []
      const items: OutboxItem[] = []
      for (const [index, one] of steps.entries()) {
        if (one === 'take') {
          const item = outbox.take()
          if (item !== undefined) items.push(item)
        } else {
          pushed.push(message(one, String(index)))
          outbox.push(message(one, String(index)))
        }
        expect(outbox.size()).toBeLessThanOrEqual(capacity)
      }
      items.push(...drain(outbox))
      const delivered = items.flatMap((item) => (item.kind === 'message' ? [item.message] : []))
      const announced = new Set<string>(items.flatMap((item) => (item.kind === 'resync' ? item.topics : [])))
      expect(delivered).toEqual(pushed.filter((one) => delivered.some((other) => other.frame === one.frame)))
      for (const one of pushed) {
        const isDelivered = delivered.some((other) => other.frame === one.frame)
        expect(isDelivered || announced.has(one.topic)).toBe(true)
      }
    }),
  )
})
