import { setTimeout as sleep } from 'node:timers/promises'
import { isJsonObject, messageOf } from '@qmtl/contracts'
import type { StepReport } from '@qmtl/sdk'
import { createPace } from '../platform/pace.ts'
import type { Platform } from '../platform/open-platform.ts'
import { runWorldLoop } from '../platform/world-loop.ts'

export interface DeskOptions {
  readonly worldId: string
  /** Instants per second; undefined is as fast as possible. */
  readonly barsPerSecond: number | undefined
  readonly now: () => number
  readonly signal: AbortSignal
}

export interface DeskListener {
  /** The desk works on these strategies now; `withoutCode` are bound and cannot run here. */
  opened(desk: {
    readonly worldId: string
    readonly strategies: readonly string[]
    readonly withoutCode: readonly string[]
  }): void
  stepped(worldId: string, report: StepReport): void
  failed(worldId: string, message: string): void
}

const retryMs = 1_000

/**
 * Works on one world until the signal is aborted: loads its strategies, gathers their evidence and goes through new bars;
 * starts over when strategies are bound, and when an apply has moved the snapshot, for which there is no evidence yet. What
 * fails is told and tried again.
 */
export async function runDesk(platform: Platform, options: DeskOptions, listener: DeskListener): Promise<void> {
  const { worldId, signal } = options
  let changed = new AbortController()
  let asOf = ''
  const readAsOf = async () => (await platform.worlds.getWorld({ params: { world_id: worldId } })).body.data.as_of
  await platform.onEvent(`desk-${worldId}`, ['bindings_updated', 'world_epoch_changed'], async ({ type, data }) => {
    if (!isJsonObject(data) || data['world_id'] !== worldId) return
    if (type === 'bindings_updated' || (await readAsOf()) !== asOf) changed.abort()
  })
  while (!signal.aborted) {
    changed = new AbortController()
    try {
      asOf = await readAsOf()
      await workOnce(platform, options, { listener, until: AbortSignal.any([signal, changed.signal]) })
    } catch (thrown) {
      listener.failed(worldId, messageOf(thrown))
      await sleep(retryMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

async function workOnce(
  platform: Platform,
  { worldId, barsPerSecond, now }: DeskOptions,
  { listener, until }: { readonly listener: DeskListener; readonly until: AbortSignal },
): Promise<void> {
  const runner = platform.runnerOf(worldId)
  await runner.refresh({})
  await runner.gatherEvidence({})
  const strategies = runner.strategies().map(({ built }) => built.name)
  listener.opened({ worldId, strategies, withoutCode: runner.withoutCode() })
  if (strategies.length > 0) {
    const onStep = (report: StepReport) => listener.stepped(worldId, report)
    await runWorldLoop({ platform, runner, pace: createPace(barsPerSecond, now), onStep }, { signal: until })
  }
  // A recorded market ends, and a world may have no strategy yet: then the next binding is what there is to wait for.
  await untilAborted(until)
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
