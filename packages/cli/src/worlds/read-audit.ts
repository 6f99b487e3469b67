import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEntry } from '@qmtl/contracts'
import type { GatewayClient } from '../client/gateway-client.ts'
import { strategyNames } from '../client/strategy-names.ts'
import { pageSize, readPages, type Page } from '../client/read-pages.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { auditLine, auditText } from './audit-text.ts'

export interface AuditRequest {
  readonly worldId: string
  /** Read on behind this entry; undefined: the newest entries. */
  readonly after: number | undefined
  readonly limit: number
  readonly event: string | undefined
}

/** A part of a world's audit. */
export interface AuditPart {
  readonly entries: readonly AuditEntry[]
  /** Where to read on. */
  readonly next_after: number
  /** Entries before the first one given, where they were counted. */
  readonly older: number
}

/** The newest entries of a world's audit, or those behind `after`; oldest first. */
export async function showAudit(gateway: GatewayClient, request: AuditRequest): Promise<CommandResult> {
  const part = await readAudit(gateway, request)
  const { entries, next_after, older } = part
  const nameOf = await strategyNames(gateway, request.worldId)
  return { json: { entries, next_after }, text: (style) => auditText(entries, { older, nameOf }, style) }
}

const pollMs = 1_000

/** Prints entries as they come until the signal is aborted, and then throws its reason. */
export async function followAudit(
  gateway: GatewayClient,
  request: AuditRequest,
  context: CommandContext,
): Promise<never> {
  let { entries, next_after: after } = await readAudit(gateway, request)
  const nameOf = await strategyNames(gateway, request.worldId)
  for (;;) {
    for (const entry of entries) context.say(auditLine(entry, nameOf, context.style))
    await sleep(pollMs, undefined, { signal: context.signal }).catch(() => undefined)
    context.signal.throwIfAborted()
    ;({ entries, next_after: after } = await pageOf(gateway, request, { after, limit: pageSize }))
  }
}

async function readAudit(gateway: GatewayClient, request: AuditRequest): Promise<AuditPart> {
  const { after, limit } = request
  if (after !== undefined) return { ...(await pageOf(gateway, request, { after, limit })), older: 0 }
  const all = await readPages((from) => pageOf(gateway, request, { after: from, limit: pageSize }))
  const entries = all.slice(-limit)
  return { entries, next_after: entries.at(-1)?.seq ?? 0, older: all.length - entries.length }
}

async function pageOf(
  { worlds }: GatewayClient,
  { worldId, event }: AuditRequest,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Page<AuditEntry>> {
  const filter = event === undefined ? {} : { event }
  const { body } = await worlds.audit({ params: { world_id: worldId }, query: { after, limit, ...filter } })
  return { entries: body.entries, next_after: body.next_after }
}
