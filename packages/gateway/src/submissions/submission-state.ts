import type { StrategyState } from '@qmtl/contracts'

export const submissionEvents = ['INIT', 'PROCESS', 'COMPLETE', 'FAIL', 'RETRY'] as const
/** What happens to a submission; its state is the fold of its events. */
export type SubmissionEvent = (typeof submissionEvents)[number]

const transitions: Readonly<Record<string, StrategyState>> = {
  'none INIT': 'queued',
  'queued PROCESS': 'processing',
  'processing COMPLETE': 'completed',
  'processing FAIL': 'failed',
  'failed RETRY': 'processing',
}

/** The state after an event; nothing where the event does not fit the state. */
export function nextState(state: StrategyState | undefined, event: string): StrategyState | undefined {
  return transitions[`${state ?? 'none'} ${event}`]
}

/** The events that bring a submission, taken up in any state, to `processing`; one left there by a crash has failed first. */
export function eventsOfTakeUp(state: StrategyState): readonly SubmissionEvent[] {
  if (state === 'queued') return ['PROCESS']
  return state === 'processing' ? ['FAIL', 'RETRY'] : ['RETRY']
}

const firstRetryMs = 500
const longestRetryMs = 8_000
/** Times that the work on a submission is tried before it fails for good. */
export const mostAttempts = 5

/** Wait before the next try after so many failed ones, doubling from 0.5 s to 8 s; nothing when there is none. */
export function retryDelayMs(attempts: number): number | undefined {
  return attempts >= mostAttempts ? undefined : Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts - 1))
}
