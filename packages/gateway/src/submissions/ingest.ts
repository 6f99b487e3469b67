import {
  dagVersionOf,
  QmtlError,
  validateDag,
  type Caller,
  type CallOptions,
  type Client,
  type Clock,
  type ComputeContext,
  type dagManagerRoutes,
  type Plan,
  type Submission,
  type SubmissionReply,
  type ValidDag,
  type worldRoutes,
} from '@qmtl/contracts'
import type { GroupCommit, Logger } from '@qmtl/service-kit'
import { deriveContext } from '../context/derive-context.ts'
import { normaliseSubmission, type NormalSubmission } from '../normalise/normalise-submission.ts'
import { isServiceFailure } from '../worlds/reading-cache.ts'
import type { WorldReadings } from '../worlds/world-readings.ts'
import type { Admission } from './admission.ts'
import type { AcceptedDags } from './accepted-dags.ts'
import type { Backlog } from './backlog.ts'
import type { AppendResult, NewSubmission } from './submission-repository.ts'

export interface IngestPorts {
  readonly submissionLog: GroupCommit<NewSubmission, AppendResult>
  readonly admission: Admission
  readonly accepted: Pick<AcceptedDags, 'keep'>
  readonly backlog: Pick<Backlog, 'add' | 'delayMs'>
  readonly readings: WorldReadings
  readonly worlds: Pick<Client<typeof worldRoutes>, 'addBindings'>
  readonly dagManager: Pick<Client<typeof dagManagerRoutes>, 'plan'>
  readonly clock: Clock
  readonly log: Logger
  readonly newId: () => string
  /** Told of a submission once it is durable. */
  readonly onAccepted: (strategyId: string, worldIds: readonly string[]) => void
  /** Told that a known strategy has joined worlds, once that is durable. */
  readonly onJoined: () => void
}

export interface IngestOptions {
  readonly maxNodes: number
}

export type DryRun = Omit<SubmissionReply, 'strategy_id' | 'status'> & {
  readonly strategy_id: 'dryrun'
  readonly plan: Plan
}

/** Where submissions enter. */
export interface Ingest {
  /** Checks a submission and answers once it is in the durable log; a known DAG is `E_DUPLICATE` with its strategy. */
  submit(submission: Submission, call: SubmitCall): Promise<SubmissionReply>
  /** The same checks and the plan; nothing is kept. */
  dryRun(submission: Submission, options: CallOptions): Promise<DryRun>
}

export interface SubmitCall extends CallOptions {
  /** Who submits. */
  readonly caller: Pick<Caller, 'sub'>
}

interface Checked {
  readonly normal: NormalSubmission
  readonly valid: ValidDag
  readonly context: ComputeContext
  readonly warnings: readonly string[]
}

export function createIngest(ports: IngestPorts, options: IngestOptions): Ingest {
  return {
    submit: (submission, call) => submit(ports, options, submission, call),
    async dryRun(submission, call) {
      const checked = await check(ports, options, submission, call)
      const body = { strategy_id: 'dryrun', dag: checked.valid.dag, context: checked.context }
      const plan = await planOf(ports, body, call)
      return { strategy_id: 'dryrun', ...replyOf(checked), plan }
    },
  }
}

async function submit(
  ports: IngestPorts,
  options: IngestOptions,
  submission: Submission,
  call: SubmitCall,
): Promise<SubmissionReply> {
  const checked = await check(ports, options, submission, call)
  const strategyId = ports.newId()
  const entry = {
    row: rowOf(checked, strategyId, { sub: call.caller.sub, nowMs: ports.clock.now() }),
    worldIds: checked.normal.worldIds,
  }
  const size = entry.row.dag_size
  const result = await ports.admission.hold(size, async () => {
    await pause(ports.backlog.delayMs())
    return append(ports, entry)
  })
  if (result.outcome === 'duplicate') {
    await bindMore(ports, result)
    ports.onJoined()
    throw duplicate(checked.valid.dagHash, result.strategyId)
  }
  ports.accepted.keep(strategyId, checked.valid.dag, size)
  ports.backlog.add()
  ports.onAccepted(strategyId, checked.normal.worldIds)
  return { strategy_id: strategyId, status: 'queued', ...replyOf(checked) }
}

async function pause(ms: number): Promise<void> {
  if (ms >= 1) await new Promise((resolve) => setTimeout(resolve, ms))
}

/** Everything that may refuse a submission, the same for a dry run. */
async function check(
  { readings }: IngestPorts,
  { maxNodes }: IngestOptions,
  submission: Submission,
  options: CallOptions,
): Promise<Checked> {
  const normal = normaliseSubmission(submission)
  const valid = validateDag(normal.dag, { maxNodes }, normal.crc32)
  const [first = '', ...others] = normal.worldIds
  const decision = await readings.decisions.read(first, options)
  // Throws for a world that does not exist; while WorldService is away the worker finds out when it binds.
  for (const worldId of others) await readings.worlds.read(worldId, options)
  const context = deriveContext(first, decision, normal.hints)
  return { normal, valid, context, warnings: [...normal.warnings, ...valid.warnings] }
}

function rowOf(
  { normal, valid, context, warnings }: Checked,
  strategyId: string,
  { sub, nowMs }: { readonly sub: string; readonly nowMs: number },
): NewSubmission['row'] {
  const dag = JSON.stringify(valid.dag)
  return {
    strategy_id: strategyId,
    dag_hash: valid.dagHash,
    name: valid.dag.name,
    version: dagVersionOf(valid.dag),
    node_ids_crc32: valid.crc32,
    context: JSON.stringify(context),
    hints: JSON.stringify(normal.hints),
    meta: JSON.stringify(normal.meta),
    warnings: JSON.stringify(warnings),
    submitted_by: sub,
    submitted_at_ms: nowMs,
    dag_size: dag.length,
    dag,
  }
}

function replyOf({ valid, context, warnings }: Checked): Omit<SubmissionReply, 'strategy_id' | 'status'> {
  return {
    dag_hash: valid.dagHash,
    node_ids_crc32: valid.crc32,
    downgraded: context.downgraded,
    downgrade_reason: context.downgrade_reason,
    safe_mode: context.safe_mode,
    warnings: [...warnings],
  }
}

async function append({ submissionLog }: IngestPorts, entry: NewSubmission): Promise<AppendResult> {
  try {
    return await submissionLog.append(entry)
  } catch (cause) {
    // A full queue and a stopping process have codes of their own.
    if (cause instanceof QmtlError) throw cause
    // Whether the rows were kept is not known: the answer to their commit may be what was lost.
    const hint = 'submit again; E_DUPLICATE with its strategy_id means that it was kept'
    throw new QmtlError('E_SUBMISSION_LOG', 'the log did not confirm the submission', { cause, hint })
  }
}

/** A known DAG joins the worlds named now. Where that fails, it is done when it is planned there: the log has them. */
async function bindMore(
  ports: IngestPorts,
  { strategyId, newWorldIds }: AppendResult & { outcome: 'duplicate' },
): Promise<void> {
  for (const worldId of newWorldIds) {
    try {
      await ports.worlds.addBindings({ params: { world_id: worldId }, body: { strategies: [strategyId] } })
    } catch (error) {
      ports.log.warn('binding-delayed', { strategy_id: strategyId, world_id: worldId, error })
    }
  }
}

function duplicate(dagHash: string, strategyId: string): QmtlError {
  const message = `this DAG is strategy ${strategyId} already`
  return new QmtlError('E_DUPLICATE', message, { details: { strategy_id: strategyId, dag_hash: dagHash } })
}

async function planOf(
  { dagManager }: IngestPorts,
  body: Parameters<IngestPorts['dagManager']['plan']>[0]['body'],
  { signal }: CallOptions,
): Promise<Plan> {
  try {
    const reply = await dagManager.plan({ body }, { signal })
    return reply.body
  } catch (cause) {
    if (!isServiceFailure(cause)) throw cause
    throw new QmtlError('E_DAGMANAGER_UNAVAILABLE', 'the DAG Manager gives no plan', { cause })
  }
}
