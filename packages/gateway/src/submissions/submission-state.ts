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

/**
 * The events to record when a submission is taken up after so many failed tries. One that a crash left in `processing` has
 * failed first. Tries after the first failure are not recorded, so that an outage of any length is one `FAIL`.
 */
export function eventsOfTakeUp(state: StrategyState, failures: number): readonly SubmissionEvent[] {
  if (failures > 0) return []
  if (state === 'queued') return ['PROCESS']
  return state === 'processing' ? ['FAIL', 'RETRY'] : ['RETRY']
}

/** The events to record when the work of a submission ends after so many failed tries; `retried` is a failure that will be. */
export function eventsOfEnd(end: 'completed' | 'failed' | 'retried', failures: number): readonly SubmissionEvent[] {
  if (end === 'retried') return failures > 0 ? [] : ['FAIL']
  const last = end === 'completed' ? 'COMPLETE' : 'FAIL'
  return failures > 0 ? ['RETRY', last] : [last]
}

const firstRetryMs = 500
const longestRetryMs = 30_000

/** Wait before the next try after so many failed ones, doubling from 0.5 s to 30 s. */
export function retryDelayMs(failures: number): number {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1))
}
