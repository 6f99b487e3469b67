import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorldCreate } from '@qmtl/contracts'
import { createSyntheticMarket, type MarketData } from '@qmtl/market'
import { loadStrategy, submitStrategy, type LoadedStrategy, type SubmitResult } from '@qmtl/sdk'
import { silentLogger } from '@qmtl/service-kit'
import { ensureWorld } from '../platform/ensure-world.ts'
import { openPlatform, type Platform } from '../platform/open-platform.ts'
import { createStrategyFolder } from '../platform/strategy-folder.ts'

const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url))

/** A platform on a directory, with one world and some of the examples submitted to it. */
export interface TestDesk {
  readonly platform: Platform
  readonly market: MarketData
  readonly strategies: readonly LoadedStrategy[]
  readonly submitted: readonly SubmitResult[]
  readonly faults: readonly string[]
}

export const testWorld: WorldCreate = {
  world_id: 'desk',
  data: { preset: 'synthetic', as_of: '2023-06-01T00:00:00Z', history_start: '2023-03-01T00:00:00Z' },
  strategy_cash: '10000',
  fee_bps: 5,
  slippage_bps: 2,
}

/** Opens a platform, creates the world and submits the named examples. Stop the platform before removing its directory. */
export async function openDesk(dataDir: string, names: readonly string[]): Promise<TestDesk> {
  const market = createSyntheticMarket({ seed: 7 })
  const folder = createStrategyFolder(examples)
  const strategies: LoadedStrategy[] = []
  for (const name of names) strategies.push(await loadStrategy(join(examples, `${name}.ts`)))
  for (const strategy of strategies) folder.add(strategy)
  const faults: string[] = []
  const platform = await openPlatform({
    ...{
      dataDir,
      host: '127.0.0.1',
      port: 0,
      markets: new Map([['synthetic', market]]),
      strategies: folder,
      log: silentLogger,
    },
    onFault: ({ message }) => faults.push(message),
  })
  await ensureWorld(platform.worlds, testWorld, {})
  const submitted: SubmitResult[] = []
  for (const strategy of strategies)
    submitted.push(await submitStrategy(platform.gateway, strategy, { worldIds: ['desk'] }))
  return { platform, market, strategies, submitted, faults }
}
