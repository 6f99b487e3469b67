import type { Plan } from '@qmtl/contracts'
import type { DiffRequest } from './graph/diff-request.ts'
import type { DiffOutcome } from './graph/plan-diffs.ts'

/** A tag lookup: queues of one context with `any` or `all` of the tags and exactly the interval. */
export interface TagQuery {
  readonly tags: readonly string[]
  /** Bar interval in seconds. */
  readonly interval: number
  readonly match: 'any' | 'all'
  /** As `QueueRow` keeps it. */
  readonly context: string
}

/** Where the Global Strategy Graph is kept. */
export interface GraphStore {
  /**
   * Plans the diffs in their order and keeps nodes, bindings, plans, sentinels and events in one transaction. One outcome
   * per request; a refused diff leaves nothing behind. A strategy that has a plan for the context gets that plan again.
   * Durable when the promise resolves. Several processes may commit at once.
   */
  commit(requests: readonly DiffRequest[]): Promise<readonly DiffOutcome[]>
  /** The plan that `commit` would make of a new strategy with this graph, numbered 0; nothing is kept. */
  dryRun(request: DiffRequest): Promise<DiffOutcome>
  /** The plan of a strategy with the highest number. */
  latestPlan(strategyId: string): Promise<Plan | undefined>
  /** Topics in order of their bytes, each once. */
  topicsByTag(query: TagQuery): Promise<readonly string[]>
}
