import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  formatInstant,
  parseInstant,
  QmtlError,
  type ApplyAck,
  type ApplyRequest,
  type ExecutionDomain,
  type StrategyStatus,
} from '@qmtl/contracts'
import { findByName, listStrategies } from '../client/find-strategy.ts'
import type { GatewayClient } from '../client/gateway-client.ts'
import { namesOf } from '../client/strategy-names.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { applyText, stageLines } from './apply-text.ts'

export interface ApplyWorldRequest {
  readonly worldId: string
  /** Made up where it is not given. */
  readonly runId: string | undefined
  /** Strategies by id or name; without any the latest evaluation decides. */
  readonly activate: readonly string[]
  readonly deactivate: readonly string[]
  readonly domain: ExecutionDomain | undefined
  readonly asOf: string | undefined
  readonly isLiveMeant: boolean
}

const pollMs = 100

/** Runs an apply to its end and tells of its stages on the way. Negative where it was rolled back. */
export async function applyWorld(
  request: ApplyWorldRequest,
  context: CommandContext,
  gateway: GatewayClient,
): Promise<CommandResult> {
  const { worldId } = request
  const known = await listStrategies(gateway, worldId)
  const body = applyRequestOf(request, known, request.runId ?? `apply-${randomUUID().slice(0, 13)}`)
  context.say(`apply ${body.run_id} of world ${worldId}`)
  const ack = await watchApply({ gateway, worldId, runId: body.run_id, context }, () => send(request, body, gateway))
  return { json: ack, text: (style) => applyText(ack, namesOf(known), style), exitCode: ack.ok ? 0 : 1 }
}

/** The request on the wire, strategies by their ids. Throws `E_UNKNOWN_STRATEGY` for one that the world does not have. */
export function applyRequestOf(
  { worldId, activate, deactivate, domain, asOf }: ApplyWorldRequest,
  known: readonly StrategyStatus[],
  runId: string,
): ApplyRequest {
  const idOf = (text: string) =>
    known.some(({ strategy_id }) => strategy_id === text) ? text : findByName(known, text, worldId).strategyId
  const isByHand = activate.length > 0 || deactivate.length > 0
  return {
    run_id: runId,
    ...(isByHand ? { plan: { activate: activate.map(idOf), deactivate: deactivate.map(idOf) } } : {}),
    ...(domain === undefined ? {} : { domain }),
    ...(asOf === undefined ? {} : { as_of: formatInstant(parseInstant(asOf)) }),
  }
}

async function send(
  { worldId, isLiveMeant }: ApplyWorldRequest,
  body: ApplyRequest,
  { worlds }: GatewayClient,
): Promise<ApplyAck> {
  const headers = isLiveMeant ? { 'x-allow-live': 'true' } : {}
  try {
    const reply = await worlds.apply({ params: { world_id: worldId }, headers, body })
    return reply.body
  } catch (thrown) {
    throw isLost(thrown) ? lostAnswer(thrown, worldId, body.run_id) : thrown
  }
}

/** An answer that did not come says nothing of the apply, which may have gone on. */
function isLost(thrown: unknown): thrown is QmtlError {
  return thrown instanceof QmtlError && thrown.cause !== undefined
}

function lostAnswer({ code, message, errors, cause }: QmtlError, worldId: string, runId: string): QmtlError {
  return new QmtlError(code, message, {
    errors,
    hint: `repeat it, which applies it only once: qmtl world apply ${worldId} --run-id ${runId}, with the same options`,
    cause,
  })
}

interface Watched {
  readonly gateway: GatewayClient
  readonly worldId: string
  readonly runId: string
  readonly context: CommandContext
}

/** Prints each stage of an apply as it is reached, while `run` waits for the end. */
async function watchApply(
  { gateway, worldId, runId, context }: Watched,
  run: () => Promise<ApplyAck>,
): Promise<ApplyAck> {
  let shown = 0
  const show = ({ stages }: ApplyAck) => {
    for (const line of stageLines(stages, shown, context.style)) context.say(line)
    shown = Math.max(shown, stages.length)
  }
  const ended = new AbortController()
  const watching = poll(ended.signal, async () => {
    const { body } = await gateway.worlds.getApply({ params: { world_id: worldId, run_id: runId } })
    if (!ended.signal.aborted) show(body)
  })
  try {
    const ack = await run()
    show(ack)
    return ack
  } finally {
    ended.abort()
    await watching
  }
}

/** Asks again and again until the signal is aborted. What cannot be read now is read with the end. */
async function poll(signal: AbortSignal, ask: () => Promise<void>): Promise<void> {
  for (;;) {
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await ask().catch(() => undefined)
  }
}
