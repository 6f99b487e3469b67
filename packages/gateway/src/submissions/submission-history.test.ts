import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyLines, readHistory } from './submission-history.ts'
import { eventsOfTakeUp, type SubmissionEvent } from './submission-state.ts'

/** What may happen to a submission: taken up, then ended or left to the next worker. */
const lives = fc.array(fc.constantFrom('COMPLETE' as const, 'FAIL' as const, 'left' as const), { maxLength: 8 })

test('a history gives back the events in their order, with their times and the states they led to', () => {
  fc.assert(
    fc.property(lives, (ends) => {
      const steps: (readonly SubmissionEvent[])[] = [['INIT']]
      let state: 'queued' | 'processing' | 'failed' = 'queued'
      for (const end of ends) {
        steps.push(eventsOfTakeUp(state, 0))
        state = end === 'FAIL' ? 'failed' : 'processing'
        if (end !== 'left') steps.push([end])
        if (end === 'COMPLETE') break
      }
      const history = steps.map((events, index) => historyLines(events, 1_700_000_000_000 + index)).join('')
      const given = steps.flatMap((events, index) =>
        events.map((event) => ({ event, at_ms: 1_700_000_000_000 + index })),
      )
      const read = readHistory(history)
      expect(read.map(({ event, at_ms }) => ({ event, at_ms }))).toEqual(given)
      expect(read.at(-1)?.state).toBe(ends.length === 0 ? 'queued' : ends.includes('COMPLETE') ? 'completed' : state)
    }),
  )
})

test('a history whose events do not follow each other is refused', () => {
  expect(() => readHistory('INIT 1\nCOMPLETE 2\n')).toThrow('COMPLETE 2 does not follow')
  expect(() => readHistory('DANCE 1\n')).toThrow('DANCE 1 does not follow')
})
