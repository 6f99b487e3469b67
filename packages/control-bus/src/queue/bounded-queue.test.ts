import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ControlEvent } from '@qmtl/contracts'
import { createBoundedQueue, type QueuedEvent } from './bounded-queue.ts'

const item = (subject: string, position: number): QueuedEvent => {
  const event: ControlEvent = {
    specversion: '1.0',
    id: String(position),
    type: 't',
    source: 'qmtl.gateway',
    subject,
    time: '2024-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    sequence: position,
    data: {},
  }
  return { event, position }
}

const subjects = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })
const rules = fc.constantFrom('block', 'coalesce', 'drop-oldest', 'fail')

function drain(queue: ReturnType<typeof createBoundedQueue>): QueuedEvent[] {
  const taken: QueuedEvent[] = []
  for (let next = queue.take(new Set()); next !== undefined; next = queue.take(new Set())) taken.push(next)
  return taken
}

test('a queue never holds more than its capacity, keeps its order and says what it lost', () => {
  fc.assert(
    fc.property(subjects, rules, fc.integer({ min: 1, max: 5 }), (pushed, rule, capacity) => {
      const queue = createBoundedQueue(capacity, rule)
      const outcomes = pushed.map((subject, index) => queue.push(item(subject, index + 1)))
      expect(queue.size).toBeLessThanOrEqual(capacity)
      const positions = drain(queue).map(({ position }) => position)
      expect(positions).toEqual([...positions].sort((a, b) => a - b))
      const gone = outcomes.filter((outcome) => outcome !== 'taken').length
      expect(positions.length).toBe(pushed.length - gone)
    }),
  )
})

test('coalescing keeps the newest event of every subject that still has one', () => {
  fc.assert(
    fc.property(subjects, (pushed) => {
      const queue = createBoundedQueue(4, 'coalesce')
      const outcomes = pushed.map((subject, index) => queue.push(item(subject, index + 1)))
      expect(outcomes).not.toContain('lost')
      const kept = drain(queue)
      for (const subject of new Set(pushed)) {
        const newest = kept.filter(({ event }) => event.subject === subject).at(-1)
        expect(newest?.position).toBe(pushed.lastIndexOf(subject) + 1)
      }
    }),
  )
})

test('an event that is put back stands where it stood', () => {
  const queue = createBoundedQueue(3, 'block')
  for (const [index, subject] of ['a', 'b', 'a'].entries()) queue.push(item(subject, index + 1))
  const first = queue.take(new Set())
  const other = queue.take(new Set(['a']))
  expect([first?.position, other?.position]).toEqual([1, 2])
  if (other !== undefined) queue.putBack(other)
  if (first !== undefined) queue.putBack(first)
  expect(drain(queue).map(({ position }) => position)).toEqual([1, 2, 3])
})
