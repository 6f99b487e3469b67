import { resolve } from 'node:path'
import { QmtlError } from '@qmtl/contracts'
import { loadStrategy, submitStrategy, type LoadedStrategy } from '@qmtl/sdk'
import type { GatewayClient } from '../client/gateway-client.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { submitText, type SubmitReport } from './submit-text.ts'

/** What `qmtl submit` is asked for. */
export interface SubmitRequest {
  readonly file: string
  /** Empty: the only world there is. */
  readonly worlds: readonly string[]
  readonly params: readonly (readonly [name: string, value: string | number | boolean])[]
  readonly isDryRun: boolean
  /** How long to wait for the plan. */
  readonly waitMs: number
}

/**
 * Loads a strategy file and submits its graph, or asks what that would come to. A graph that was submitted before goes on as
 * the strategy it is: no failure. The answer is negative only where the work on the submission failed.
 */
export async function submitFile(
  request: SubmitRequest,
  { cwd, signal }: CommandContext,
  gateway: GatewayClient,
): Promise<CommandResult> {
  const { file, params, waitMs, isDryRun } = request
  const strategy = await loadStrategy(resolve(cwd, file), { params: Object.fromEntries(params) })
  const worldIds = request.worlds.length > 0 ? request.worlds : [await onlyWorld(gateway)]
  const report = isDryRun
    ? await dryRun(gateway, strategy, worldIds)
    : await submit(gateway, strategy, { worldIds, waitMs, signal })
  return {
    json: report,
    text: (style) => submitText(report, style),
    exitCode: report.status === 'failed' ? 1 : 0,
  }
}

async function onlyWorld({ worlds }: GatewayClient): Promise<string> {
  const { body } = await worlds.listWorlds({})
  const ids = body.worlds.map(({ world_id }) => world_id)
  const [only, ...others] = ids
  if (only !== undefined && others.length === 0) return only
  const [message, hint] =
    only === undefined
      ? ['there is no world yet', 'create one with qmtl world create']
      : [`there are several worlds: ${ids.join(', ')}`, `name one or more: --world ${only}`]
  throw new QmtlError('E_WORLD_IDS_REQUIRED', message, { hint })
}

async function submit(
  { strategies }: GatewayClient,
  strategy: LoadedStrategy,
  options: Parameters<typeof submitStrategy>[2],
): Promise<SubmitReport> {
  const result = await submitStrategy(strategies, strategy, options)
  return { ...result, dry_run: false, ...countsOf(strategy, result.plan) }
}

async function dryRun(
  { strategies }: GatewayClient,
  strategy: LoadedStrategy,
  worldIds: readonly string[],
): Promise<SubmitReport> {
  const { body } = await strategies.dryRun({ body: { dag: strategy.dag, world_ids: [...worldIds] } })
  const { downgraded, downgrade_reason, warnings, plan } = body
  return {
    strategy_id: null,
    name: strategy.name,
    version: plan.version,
    world_ids: worldIds,
    duplicate: false,
    dry_run: true,
    ...countsOf(strategy, plan),
    status: null,
    ...{ downgraded, downgrade_reason, warnings, plan, error: null },
  }
}

function countsOf(
  { nodes }: LoadedStrategy,
  plan: SubmitReport['plan'],
): Pick<SubmitReport, 'nodes' | 'reused' | 'created'> {
  return { nodes: nodes.length, reused: plan?.reused ?? null, created: plan?.created ?? null }
}
