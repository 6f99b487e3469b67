import type { StrategyState } from '@qmtl/contracts'
import { nextState, type SubmissionEvent } from './submission-state.ts'

/** An event of a submission and the state that it led to. */
export interface RecordedEvent {
  readonly event: string
  readonly state: StrategyState
  readonly at_ms: number
}

/**
 * Events as a submission's row keeps them: a line each, oldest first, with the time in epoch milliseconds. A history only
 * ever grows at its end, so recording an event is putting its line there.
 */
export function historyLines(events: readonly SubmissionEvent[], atMs: number): string {
  return events.map((event) => `${event} ${atMs}\n`).join('')
}

/** The events of a history with the states they led to; throws for one that does not follow from those before. */
export function readHistory(history: string): readonly RecordedEvent[] {
  let state: StrategyState | undefined
  return history
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [event = '', atMs] = line.split(' ')
      state = nextState(state, event)
      if (state === undefined) throw new TypeError(`${line} does not follow in the history ${JSON.stringify(history)}`)
      return { event, state, at_ms: Number(atMs) }
    })
}
