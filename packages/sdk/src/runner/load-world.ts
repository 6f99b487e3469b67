import { messageOf, parseInstant, type CallOptions, type World } from '@qmtl/contracts'
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
  /** Intents of all strategies: one graph. */
  readonly intents: readonly NodeSpec[]
  /** Every (instrument, interval) that the graph reads or trades, once. */
  readonly feeds: readonly BarFeed[]
}

/** Reads a world and finds the code of its bound strategies. A strategy whose submission cannot be read stays without code. */
export async function loadWorld(ports: RunnerPorts, worldId: string, options: CallOptions): Promise<LoadedWorld> {
  const params = { world_id: worldId }
  const { body: world } = await ports.worlds.getWorld({ params }, options)
  const { body: bound } = await ports.worlds.listBindings({ params }, options)
  const found = await Promise.all(bound.strategies.map((id) => findCode(ports, id, options)))
  const running = found.filter((one): one is RunningStrategy => typeof one !== 'string')
  const intents = running.flatMap(({ built }) => built.intents)
  return {
    world,
    market: ports.marketOf(world.data.preset),
    rules: plannerRules(realityModels({ feeBps: world.fee_bps, slippageBps: world.slippage_bps })),
    running,
    withoutCode: found.filter((one): one is string => typeof one === 'string'),
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

function feedsOf(intents: readonly NodeSpec[]): readonly BarFeed[] {
  const feeds = new Map<string, BarFeed>()
  for (const { instrument, intervalMs } of [...sourcesOf(intents), ...intents]) {
    if (instrument !== undefined) feeds.set(`${instrument}@${intervalMs}`, { instrument, intervalMs })
  }
  return [...feeds.values()]
}
