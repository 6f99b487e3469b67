import {
  formatInstant,
  isFreshLease,
  QmtlError,
  type CallOptions,
  type Client,
  type Clock,
  type ExplainedGate,
  type Explanation,
  type worldRoutes,
} from '@qmtl/contracts'
import { storedJson } from '../database/stored-json.ts'
import type { IngressGates } from '../orders/ingress-gates.ts'
import type { OrderRepository } from '../orders/order-repository.ts'
import type { RecordedRefusal, RefusalRepository } from '../orders/refusal-repository.ts'
import type { SubmissionRecord, SubmissionRepository } from '../submissions/submission-repository.ts'
import type { WorkError } from '../submissions/work-failure.ts'
import { isServiceFailure } from '../worlds/reading-cache.ts'

export interface ExplainPorts {
  readonly submissions: Pick<SubmissionRepository, 'find'>
  readonly refusals: Pick<RefusalRepository, 'last'>
  readonly orders: Pick<OrderRepository, 'lastPlacedMs'>
  readonly worlds: Pick<Client<typeof worldRoutes>, 'explain'>
  readonly gates: Pick<IngressGates, 'renew' | 'held'>
  readonly hasCode: ((dagHash: string) => Promise<boolean>) | undefined
  readonly clock: Clock
}

/**
 * Why a strategy is, or is not, trading in a world: its gates in the order in which an order meets them. Without a world
 * the strategy's first one is meant. Throws `E_UNKNOWN_STRATEGY`, `E_UNKNOWN_WORLD`.
 */
export async function explainStrategy(
  ports: ExplainPorts,
  { strategyId, worldId }: { readonly strategyId: string; readonly worldId?: string | undefined },
  options: CallOptions,
): Promise<Explanation> {
  const record = await ports.submissions.find(strategyId)
  if (record === undefined) throw new QmtlError('E_UNKNOWN_STRATEGY', `no strategy ${strategyId} was submitted`)
  const world = worldId ?? record.world_ids[0] ?? ''
  const gates = [
    submissionGate(record),
    bindingGate(record, world),
    await codeGate(ports, record),
    ...(await worldGates(ports, { strategyId, worldId: world }, options)),
    await ingressGate(ports, world),
    lastOrderGate(await ports.refusals.last(world, strategyId), await ports.orders.lastPlacedMs(world, strategyId)),
  ]
  const firstClosed = gates.find((gate) => !gate.open) ?? null
  return { strategy_id: strategyId, world_id: world, trading: firstClosed === null, first_closed: firstClosed, gates }
}

function submissionGate({ status, error, due_at_ms, submitted_at_ms: sinceMs }: SubmissionRecord): ExplainedGate {
  if (status === 'completed') return open('submission', 'the submission is planned')
  if (error === null) return closed('submission', `the submission is ${status}`, 'its plan is made', sinceMs)
  const reason = failureText(error)
  const opensWhen = due_at_ms === null ? 'the DAG is submitted again' : 'it is tried again, which needs nothing'
  return closed('submission', reason, `the cause is mended and ${opensWhen}`, sinceMs)
}

function bindingGate({ world_ids: worldIds, world_failures }: SubmissionRecord, world: string): ExplainedGate {
  if (worldIds.includes(world)) return open('submitted-to', `the strategy was submitted to ${world}`)
  const dropped = world_failures.find((failure) => failure.world_id === world)
  const reason =
    dropped === undefined ? `the strategy was submitted to ${worldIds.join(', ')}` : failureText(dropped.error)
  return closed('submitted-to', reason, `it is submitted to ${world} as well`)
}

function failureText(error: string): string {
  const { code, message } = storedJson<WorkError>(error)
  return `${code}: ${message}`
}

async function codeGate({ hasCode }: ExplainPorts, { dag_hash: dagHash }: SubmissionRecord): Promise<ExplainedGate> {
  if (hasCode === undefined) return open('code', 'runners look for the code themselves')
  if (await hasCode(dagHash)) return open('code', 'the code is at hand')
  return closed(
    'code',
    'code_unavailable: no file has this DAG',
    'the file that was submitted is in the strategies folder',
  )
}

async function worldGates(
  { worlds }: ExplainPorts,
  { strategyId, worldId }: { readonly strategyId: string; readonly worldId: string },
  options: CallOptions,
): Promise<readonly ExplainedGate[]> {
  try {
    const { body } = await worlds.explain({ params: { world_id: worldId, strategy_id: strategyId } }, options)
    return body.gates
  } catch (thrown) {
    if (isServiceFailure(thrown)) return [closed('world-service', 'WorldService does not answer', 'it answers again')]
    // A strategy that is not planned yet is not bound yet either: WorldService does not know it.
    if (thrown instanceof QmtlError && thrown.code === 'E_UNKNOWN_STRATEGY') {
      return [closed('binding', thrown.message, 'the strategy is bound to the world')]
    }
    throw thrown
  }
}

async function ingressGate({ gates, clock }: ExplainPorts, worldId: string): Promise<ExplainedGate> {
  await gates.renew(worldId)
  const held = gates.held(worldId)
  if (held === undefined || !isFreshLease(held, clock.monotonic())) {
    return closed('gateway', 'the order ingress holds no fresh lease of the world', 'WorldService grants one')
  }
  const { granted, reason, epoch } = held.lease
  if (granted) return open('gateway', `the order ingress is open under epoch ${epoch}`)
  return closed('gateway', reason ?? 'WorldService grants no lease', 'WorldService grants one')
}

/** A gate that was closed for the last order is judged above, as it is now; a limit or a venue is seen here only. */
function lastOrderGate(refusal: RecordedRefusal | undefined, placedMs: number | undefined): ExplainedGate {
  if (refusal === undefined) return open('orders', 'no order was refused')
  const { code, message, last_at_ms: atMs, refusals } = refusal
  const reason = `${code}: ${message} (the last of ${refusals}, at ${formatInstant(atMs)})`
  const isJudgedAbove = code === 'E_ORDER_BLOCKED' || code === 'E_STALE_EPOCH'
  if (isJudgedAbove || (placedMs !== undefined && placedMs > atMs))
    return open('orders', `an order was refused: ${reason}`)
  return closed('orders', reason, 'an order within the limits is sent', atMs)
}

function open(gate: string, reason: string): ExplainedGate {
  return { gate, open: true, reason, since: null, opens_when: null }
}

function closed(gate: string, reason: string, opensWhen: string, sinceMs?: number): ExplainedGate {
  return {
    gate,
    open: false,
    reason,
    since: sinceMs === undefined ? null : formatInstant(sinceMs),
    opens_when: opensWhen,
  }
}
