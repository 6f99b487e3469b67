import { messageOf, parseInstant, QmtlError, type CallOptions, type World } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { plannerRules, sourcesOf, type NodeSpec, type PlannerRules } from '@qmtl/engine'
import type { BarColumns, MarketData } from '@qmtl/market'
import type { BuiltStrategy } from '../authoring/build-strategy.ts'
import type { BarFeed } from './merge-bars.ts'
import type { RunnerPorts } from './ports.ts'

/** A strategy bound to the world whose code was found. */
export interface RunningStrategy {
  readonly strategyId: string
  readonly built: BuiltStrategy
}

/** A world as a runner works on it. */
export interface LoadedWorld {
  readonly world: World
  readonly market: MarketData
  readonly rules: PlannerRules
  readonly running: readonly RunningStrategy[]
  /** Bound strategies whose code is not known here. */
  readonly withoutCode: readonly string[]
  /** Bound strategies that read what the world's market does not have, each with the reason. */
  readonly withoutData: ReadonlyMap<string, string>
  /** Intents of all strategies: one graph. */
  readonly intents: readonly NodeSpec[]
  /** Every (instrument, interval) that the graph reads or trades, once. */
  readonly feeds: readonly BarFeed[]
}

/**
 * Reads a world and finds the code of its bound strategies. A strategy whose submission cannot be read stays without code;
 * one that reads what the market does not have is left out, so that the others go on.
 */
export async function loadWorld(ports: RunnerPorts, worldId: string, options: CallOptions): Promise<LoadedWorld> {
  const params = { world_id: worldId }
  const { body: world } = await ports.worlds.getWorld({ params }, options)
  const { body: bound } = await ports.worlds.listBindings({ params }, options)
  const found = await Promise.all(bound.strategies.map((id) => findCode(ports, id, options)))
  const withCode = found.filter((one): one is RunningStrategy => typeof one !== 'string')
  const market = ports.marketOf(world.data.preset)
  const withoutData = await findWithoutData(ports, { world, market, strategies: withCode }, options)
  const running = withCode.filter(({ strategyId }) => !withoutData.has(strategyId))
  const intents = running.flatMap(({ built }) => built.intents)
  return {
    world,
    market,
    rules: plannerRules(realityModels({ feeBps: world.fee_bps, slippageBps: world.slippage_bps })),
    running,
    withoutCode: found.filter((one): one is string => typeof one === 'string'),
    withoutData,
    intents,
    feeds: feedsOf(intents),
  }
}

/** Bars of every feed from the start of the world's history until an instant. */
export async function historyOf(
  { world, market, feeds }: LoadedWorld,
  toMs: number,
  options: CallOptions,
): Promise<readonly BarColumns[]> {
  const fromMs = parseInstant(world.data.history_start)
  return Promise.all(feeds.map((feed) => market.history({ ...feed, fromMs, toMs }, options)))
}

async function findCode(
  ports: RunnerPorts,
  strategyId: string,
  options: CallOptions,
): Promise<RunningStrategy | string> {
  try {
    const { body } = await ports.gateway.status({ params: { strategy_id: strategyId }, query: {} }, options)
    const built = ports.strategies.find(body.dag_hash)
    return built ? { strategyId, built } : strategyId
  } catch (thrown) {
    const message = `the submission of ${strategyId} cannot be read: ${messageOf(thrown)}`
    ports.onFault({ code: 'E_UNKNOWN_STRATEGY', message, strategy_id: strategyId })
    return strategyId
  }
}

/** Asks the market for nothing but an instant of each feed: it refuses what it does not have. */
async function findWithoutData(
  ports: RunnerPorts,
  world: Pick<LoadedWorld, 'world' | 'market'> & { readonly strategies: readonly RunningStrategy[] },
  options: CallOptions,
): Promise<ReadonlyMap<string, string>> {
  const faults = new Map<string, string>()
  const atMs = parseInstant(world.world.data.history_start)
  for (const { strategyId, built } of world.strategies) {
    try {
      const feeds = feedsOf(built.intents)
      for (const feed of feeds) await world.market.history({ ...feed, fromMs: atMs, toMs: atMs }, options)
    } catch (thrown) {
      options.signal?.throwIfAborted()
      const code = thrown instanceof QmtlError ? thrown.code : 'E_INTERNAL'
      faults.set(strategyId, messageOf(thrown))
      ports.onFault({ code, message: `${built.name} cannot run: ${messageOf(thrown)}`, strategy_id: strategyId })
    }
  }
  return faults
}

function feedsOf(intents: readonly NodeSpec[]): readonly BarFeed[] {
  const feeds = new Map<string, BarFeed>()
  for (const { instrument, intervalMs } of [...sourcesOf(intents), ...intents]) {
    if (instrument !== undefined) feeds.set(`${instrument}@${intervalMs}`, { instrument, intervalMs })
  }
  return [...feeds.values()]
}
