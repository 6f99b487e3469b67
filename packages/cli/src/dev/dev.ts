import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { QmtlError } from '@qmtl/contracts'
import { submitStrategy, type SubmitResult } from '@qmtl/sdk'
import { createLogger, silentLogger, systemClock } from '@qmtl/service-kit'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { loadDeskConfig, type DeskConfig } from '../config/load-desk-config.ts'
import { readWorldFile, type WorldFile } from '../config/world-file.ts'
import { createMarkets } from '../platform/create-markets.ts'
import { ensureWorld } from '../platform/ensure-world.ts'
import { openPlatform, type Platform } from '../platform/open-platform.ts'
import { createStrategyFolder, type StrategyFolder } from '../platform/strategy-folder.ts'
import { narrateDev, type DevNarrator } from './narrate-dev.ts'
import { runDesk } from './run-desk.ts'
import { watchFolder } from './watch-folder.ts'

export interface DevRequest {
  readonly config: string | undefined
  readonly port: number | undefined
}

/** Runs all services, the worlds and the strategies of a folder until it is stopped. */
export async function dev(request: DevRequest, context: CommandContext): Promise<CommandResult> {
  const { cwd, env } = context
  const file = request.config === undefined ? undefined : resolve(cwd, request.config)
  const config = loadDeskConfig({ cwd, env, file })
  const strategies = createStrategyFolder(config.strategies)
  const worldFiles = await readWorldFiles(config.worlds)
  const narrator = narrateDev(context)
  const platform = await openPlatform({
    dataDir: config.data_dir,
    host: config.gateway.host,
    port: request.port ?? config.gateway.port,
    markets: await createMarkets(config.presets),
    strategies,
    log: env['QMTL_DEBUG'] === undefined ? silentLogger : createLogger({ service: 'dev' }),
    onFault: ({ code, message }) => narrator.fault(code, message),
  })
  try {
    for (const { world, policy } of worldFiles) await ensureWorld(platform.worlds, world, policy)
    const worldIds = worldFiles.map(({ world }) => world.world_id)
    const desk = { platform, strategies, worldIds, narrator }
    // Before the folder is read: what changes from here on is read again.
    const changes = watchFolder(strategies.path, context.signal)
    narrator.submitted(await submitFolder(desk, context.signal))
    narrator.ready({ url: platform.url, worldIds, folder: strategies.path })
    await workUntilStopped(desk, { config, changes, signal: context.signal })
  } finally {
    await platform.stop()
  }
  return { json: { stopped: true }, text: (style) => style.dim('  stopped in order') }
}

/** World files of the folder in order of their names; a folder that is not there holds none. */
async function readWorldFiles(folder: string): Promise<readonly WorldFile[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => /\.ya?ml$/.test(name)).toSorted()
  return Promise.all(files.map((name) => readWorldFile(join(folder, name))))
}

interface Desk {
  readonly platform: Platform
  readonly strategies: StrategyFolder
  readonly worldIds: readonly string[]
  readonly narrator: DevNarrator
}

/** Submits every strategy of the folder to the folder's worlds; what was submitted before goes on. */
async function submitFolder(
  { platform, strategies, worldIds, narrator }: Desk,
  signal: AbortSignal,
): Promise<readonly SubmitResult[]> {
  const { strategies: loaded, faults } = await strategies.read()
  for (const { error } of faults) narrator.fault(error.code, error.message, error.hint)
  if (worldIds.length === 0) return []
  const results: SubmitResult[] = []
  for (const strategy of loaded) {
    try {
      results.push(await submitStrategy(platform.gateway, strategy, { worldIds, signal }))
    } catch (thrown) {
      signal.throwIfAborted()
      // One strategy that is refused stops no other, and not the desk.
      if (!(thrown instanceof QmtlError)) throw thrown
      narrator.fault(thrown.code, `${strategy.name}: ${thrown.message}`, thrown.hint)
    }
  }
  return results
}

interface Work {
  readonly config: DeskConfig
  readonly changes: AsyncIterable<readonly string[]>
  readonly signal: AbortSignal
}

/** Runs the worlds and follows the folder; where one of both fails, the desks end before the platform does. */
async function workUntilStopped(desk: Desk, { config, changes, signal }: Work): Promise<void> {
  const failed = new AbortController()
  const desks = runDesks(desk, config, AbortSignal.any([signal, failed.signal]))
  try {
    await Promise.all([desks, resubmitOnChange(desk, changes, signal)])
  } finally {
    failed.abort()
    await desks
  }
}

async function runDesks(
  { platform, worldIds, narrator }: Desk,
  config: DeskConfig,
  signal: AbortSignal,
): Promise<void> {
  const pace = config.paper.bars_per_second
  const options = { barsPerSecond: pace === 0 ? undefined : pace, now: () => systemClock.monotonic(), signal }
  await Promise.all(worldIds.map((worldId) => runDesk(platform, { worldId, ...options }, narrator)))
}

async function resubmitOnChange(
  desk: Desk,
  changes: AsyncIterable<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  for await (const files of changes) {
    for (const file of files) desk.narrator.changed(file)
    const results = await submitFolder(desk, signal)
    desk.narrator.submitted(results.filter(({ duplicate }) => !duplicate))
  }
}
