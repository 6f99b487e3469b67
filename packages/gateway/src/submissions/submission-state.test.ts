import { strategyStates, type StrategyState } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  eventsOfEnd,
  eventsOfTakeUp,
  nextState,
  retryDelayMs,
  submissionEvents,
  type SubmissionEvent,
} from './submission-state.ts'

const allowed = [
  [undefined, 'INIT', 'queued'],
  ['queued', 'PROCESS', 'processing'],
  ['processing', 'COMPLETE', 'completed'],
  ['processing', 'FAIL', 'failed'],
  ['failed', 'RETRY', 'processing'],
] as const

describe('a submission', () => {
  for (const [state, event, next] of allowed) {
    test(`goes by ${event} from ${state ?? 'nothing'} to ${next}`, () => expect(nextState(state, event)).toBe(next))
  }
  test('takes no other event in any state', () => {
    const pairs = [undefined, ...strategyStates].flatMap((state) => submissionEvents.map((event) => ({ state, event })))
    const others = pairs.filter(
      (pair) => !allowed.some(([state, event]) => state === pair.state && event === pair.event),
    )
    expect(others).toHaveLength(20)
    for (const { state, event } of others) expect(nextState(state, event)).toBeUndefined()
  })
  test('has a history that leads from any state to the next, whatever was left out of it', () => {
    const step = fc.record({
      left: fc.boolean(),
      end: fc.constantFrom('completed' as const, 'failed' as const, 'retried' as const),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        let [status, recorded, failures]: [StrategyState, StrategyState | undefined, number] = ['queued', 'queued', 0]
        const record = (events: readonly SubmissionEvent[]) => {
          for (const event of events) recorded = nextState(recorded, event)
        }
        for (const { left, end } of steps) {
          record(eventsOfTakeUp(status, failures))
          status = 'processing'
          expect(recorded).toBe(failures === 0 ? 'processing' : 'failed')
          if (left) continue
          record(eventsOfEnd(end, failures))
          status = end === 'completed' ? 'completed' : 'failed'
          expect(recorded).toBe(status)
          if (end === 'completed') break
          // What has failed for good is taken up only after it was submitted again.
          failures = end === 'failed' ? 0 : failures + 1
        }
      }),
    )
  })
  test('has one failure in its history, however often it is tried', () => {
    expect([0, 1, 2, 900].flatMap((failures) => eventsOfEnd('retried', failures))).toEqual(['FAIL'])
  })
  test('is tried again after half a second, doubling to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 5_000].map(retryDelayMs)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ])
  })
})
