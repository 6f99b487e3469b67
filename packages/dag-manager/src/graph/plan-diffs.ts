import { QmtlError, type Plan } from '@qmtl/contracts'
import { applyChoices } from './apply-choices.ts'
import { chooseNodes } from './choose-nodes.ts'
import type { DiffRequest } from './diff-request.ts'
import { createGraphDraft, type GraphChanges, type GraphDraft, type KnownGraph } from './graph-draft.ts'
import { planHeadOf, planOf, storedPlanText } from './plan-document.ts'
import type { PlanHead } from './records.ts'

/** A plan, or why there is none; a refused diff leaves nothing behind and its neighbours untouched. */
export type DiffOutcome =
  { readonly outcome: 'planned'; readonly plan: Plan } | { readonly outcome: 'refused'; readonly error: QmtlError }

export interface PlannedGroup {
  /** One per request, in their order. */
  readonly outcomes: readonly DiffOutcome[]
  readonly changes: GraphChanges
}

/**
 * Plans diffs one after the other: each sees the graph as the ones before it leave it, so a group gives what its diffs
 * would give alone. A strategy that has a plan for the context gets that plan again.
 */
export function planDiffs(requests: readonly DiffRequest[], known: KnownGraph, nowMs: number): PlannedGroup {
  const draft = createGraphDraft(known)
  const outcomes = requests.map((request) => planDiff(request, draft, nowMs))
  return { outcomes, changes: draft.changes() }
}

export interface PlannedDryRun {
  readonly outcome: DiffOutcome
  /** What a real diff would change, so far as plans and sentinels are not concerned; never kept. */
  readonly changes: GraphChanges
}

/** The plan that a diff would make now, numbered 0; earlier plans of the strategy do not matter. */
export function planDryRun(request: DiffRequest, known: KnownGraph, nowMs: number): PlannedDryRun {
  const draft = createGraphDraft(known)
  const choices = chooseNodes(request, draft)
  if (choices.outcome === 'refused') return { outcome: choices, changes: draft.changes() }
  // Into the draft alone, so that its topic names are verified like those of a real plan.
  applyChoices(request, choices.nodes, draft, nowMs)
  const plan = planOf(planHeadOf(request, choices.nodes, 0, nowMs), choices.nodes)
  return { outcome: { outcome: 'planned', plan }, changes: draft.changes() }
}

function planDiff(request: DiffRequest, draft: GraphDraft, nowMs: number): DiffOutcome {
  const plans = draft.plans(request.strategyId)
  const earlier = plans.byContext.get(request.contextKey)
  if (earlier) return repeatPlan(request, earlier.plan)
  const choices = chooseNodes(request, draft)
  if (choices.outcome === 'refused') return choices
  const queues = applyChoices(request, choices.nodes, draft, nowMs)
  const head = planHeadOf(request, choices.nodes, plans.latest + 1, nowMs)
  const plan = planOf(head, choices.nodes)
  draft.addPlan(
    {
      strategy_id: head.strategy_id,
      plan_number: head.plan_number,
      context_key: request.contextKey,
      document: storedPlanText(head, choices.nodes, queues),
      created_at_ms: nowMs,
    },
    plan,
  )
  addSentinel(head, draft, nowMs)
  return { outcome: 'planned', plan }
}

function repeatPlan(request: DiffRequest, plan: Plan): DiffOutcome {
  if (plan.crc32 === request.crc32) return { outcome: 'planned', plan }
  const message = `${request.strategyId} has plan ${plan.plan_number} of another graph in this context (checksum ${plan.crc32}, sent ${request.crc32})`
  const hint = 'a strategy id stands for one graph: submit the changed graph as a new strategy'
  return { outcome: 'refused', error: new QmtlError('E_INVALID_DAG', message, { hint }) }
}

function addSentinel(head: PlanHead, draft: GraphDraft, nowMs: number): void {
  if (head.sentinel_id === null) return
  draft.addSentinel({
    sentinel_id: head.sentinel_id,
    strategy_id: head.strategy_id,
    version: head.version,
    world_id: head.context.world_id,
    traffic_weight: 1,
    created_at_ms: nowMs,
  })
}
