import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSyntheticMarket, type MarketData } from '@qmtl/market'
import { createLogger, silentLogger, systemClock } from '@qmtl/service-kit'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { openPlatform, type Platform } from '../platform/open-platform.ts'
import { createStrategyFolder } from '../platform/strategy-folder.ts'
import { loadStrategy, type LoadedStrategy } from '@qmtl/sdk'
import { demoPolicy, demoWorld } from './demo-world.ts'
import { narrateDemo } from './narrate-demo.ts'
import { runDemo, type DemoLengths } from './run-demo.ts'

export interface DemoRequest {
  readonly once: boolean
  readonly dataDir: string
  readonly seed: number
  readonly port: number | undefined
  readonly barsPerSecond: number | undefined
}

/** The strategies of the demo: two that share most of what they compute, and one that trades far too often. */
const strategyFiles = ['golden-cross.ts', 'trend-rsi.ts', 'fast-flip.ts']
const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url))
const lengths: DemoLengths = { beforeActivation: 48, trading: 24 * 14, afterFreeze: 24 }

/** Runs the demo in one process; without `once` it stays up until it is stopped. */
export async function demo(request: DemoRequest, context: CommandContext): Promise<CommandResult> {
  const market = createSyntheticMarket({ seed: request.seed })
  const strategies = await loadDemoStrategies()
  const dataDir = resolve(context.cwd, request.dataDir)
  const platform = await openDemoPlatform(request, { context, market, strategies, dataDir })
  try {
    const listener = narrateDemo(context, { url: platform.url, seed: request.seed, dataDir: request.dataDir })
    const options = {
      world: demoWorld,
      policy: demoPolicy,
      strategies,
      market,
      lengths,
      barsPerSecond: request.barsPerSecond,
    }
    const clock = { now: () => systemClock.monotonic(), runId: `demo-${systemClock.now()}`, signal: context.signal }
    const report = await runDemo(platform, { ...options, ...clock }, listener)
    listener.ended(report)
    if (!request.once) await stayUp(context, platform)
    return { json: report, text: () => '' }
  } finally {
    await platform.stop()
  }
}

async function loadDemoStrategies(): Promise<readonly LoadedStrategy[]> {
  const loaded: LoadedStrategy[] = []
  for (const file of strategyFiles) loaded.push(await loadStrategy(resolve(examples, file)))
  return loaded
}

interface DemoParts {
  readonly context: CommandContext
  readonly market: MarketData
  readonly strategies: readonly LoadedStrategy[]
  readonly dataDir: string
}

function openDemoPlatform(
  request: DemoRequest,
  { context, market, strategies, dataDir }: DemoParts,
): Promise<Platform> {
  const folder = createStrategyFolder(examples)
  for (const strategy of strategies) folder.add(strategy)
  return openPlatform({
    dataDir,
    host: '127.0.0.1',
    port: request.port ?? (request.once ? 0 : 8000),
    markets: new Map([[demoWorld.data.preset, market]]),
    strategies: folder,
    log: context.env['QMTL_DEBUG'] === undefined ? silentLogger : createLogger({ service: 'demo' }),
    onFault: ({ code, message }) => context.note(`${code}: ${message}`),
  })
}

function stayUp({ signal, say }: CommandContext, platform: Platform): Promise<void> {
  say(`\n  Everything stays up at ${platform.url} until Ctrl-C.`)
  return new Promise((stopped) => {
    if (signal.aborted) stopped()
    signal.addEventListener('abort', () => stopped(), { once: true })
  })
}
