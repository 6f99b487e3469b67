import {
  dagVersionOf,
  QmtlError,
  type CallOptions,
  type Client,
  type gatewayRoutes,
  type Plan,
  type StrategyStatus,
} from '@qmtl/contracts'
import type { BuiltStrategy } from '../authoring/build-strategy.ts'

export interface SubmitOptions extends CallOptions {
  readonly worldIds: readonly string[]
  /** Longest wait for the plan in milliseconds, at most a minute; 10 s unless given. */
  readonly waitMs?: number
}

/** What became of a submission. */
export interface SubmitResult {
  readonly strategy_id: string
  readonly name: string
  readonly version: string
  readonly world_ids: readonly string[]
  /** True where this very graph was submitted before: the strategy of then goes on. */
  readonly duplicate: boolean
  readonly status: StrategyStatus['status']
  readonly downgraded: boolean
  readonly downgrade_reason: StrategyStatus['downgrade_reason']
  readonly warnings: readonly string[]
  /** What each node came to; null where the wait ended before the plan was made. */
  readonly plan: Plan | null
  /** Why the plan failed. */
  readonly error: StrategyStatus['error']
}

type Gateway = Client<typeof gatewayRoutes>

/**
 * Submits a strategy and waits for its plan. A graph that was submitted before goes on under its first id and takes its
 * counts from a dry run: what a submission would find now. Throws what the Gateway refuses.
 */
export async function submitStrategy(
  gateway: Gateway,
  built: BuiltStrategy,
  options: SubmitOptions,
): Promise<SubmitResult> {
  const submission = { dag: built.dag, world_ids: [...options.worldIds] }
  try {
    const { body } = await gateway.submit({ body: submission }, options)
    return resultOf(built, await statusOf(gateway, body.strategy_id, options), { duplicate: false })
  } catch (thrown) {
    const strategyId = duplicateOf(thrown)
    if (strategyId === undefined) throw thrown
    const status = await statusOf(gateway, strategyId, options)
    const { body: dry } = await gateway.dryRun({ body: submission }, options)
    return { ...resultOf(built, status, { duplicate: true }), plan: dry.plan }
  }
}

async function statusOf(gateway: Gateway, strategyId: string, options: SubmitOptions): Promise<StrategyStatus> {
  const wait = Math.min(60_000, options.waitMs ?? 10_000)
  const { body } = await gateway.status({ params: { strategy_id: strategyId }, query: { wait_ms: wait } }, options)
  return body
}

/** The id of the earlier submission, where that is what a refusal says. */
function duplicateOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof QmtlError) || thrown.code !== 'E_DUPLICATE') return undefined
  const id = thrown.details['strategy_id']
  return typeof id === 'string' ? id : undefined
}

function resultOf(
  built: BuiltStrategy,
  status: StrategyStatus,
  { duplicate }: { readonly duplicate: boolean },
): SubmitResult {
  return {
    strategy_id: status.strategy_id,
    name: built.name,
    version: dagVersionOf(built.dag),
    world_ids: status.world_ids,
    duplicate,
    status: status.status,
    downgraded: status.downgraded,
    downgrade_reason: status.downgrade_reason,
    warnings: status.warnings,
    plan: status.plan,
    error: status.error,
  }
}
