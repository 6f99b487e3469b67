import { strategyStates, type StrategyState } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventsOfTakeUp, nextState, retryDelayMs, submissionEvents } from './submission-state.ts'

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
  test('is processing after it was taken up, from wherever it was', () => {
    fc.assert(
      fc.property(fc.constantFrom('queued' as const, 'processing' as const, 'failed' as const), (start) => {
        const fold = (state: StrategyState | undefined, event: (typeof submissionEvents)[number]) =>
          nextState(state, event)
        expect(eventsOfTakeUp(start).reduce<StrategyState | undefined>(fold, start)).toBe('processing')
      }),
    )
  })
  test('is tried five times, half a second apart and doubling', () => {
    expect([1, 2, 3, 4, 5, 6].map(retryDelayMs)).toEqual([500, 1000, 2000, 4000, undefined, undefined])
  })
})
