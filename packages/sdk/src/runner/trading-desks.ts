import {
  decimal,
  parseInstant,
  type ActivationState,
  type CallOptions,
  type Decimal,
  type Fill,
  type Order,
  type OrderRequest,
} from '@qmtl/contracts'
import type { Book } from '@qmtl/brokerage'
import type { StreamingEvaluator } from '@qmtl/engine'
import type { LoadedWorld, RunningStrategy } from './load-world.ts'
import type { BarSlice } from './merge-bars.ts'
import type { RunnerPorts } from './ports.ts'
import type { StandingTargets } from './standing-targets.ts'
import { decideOrders, foldFill, keepOpen, noteSent, openDesk, type StrategyDesk } from './strategy-desk.ts'
import { lastWeightChangeMs, weightsOf, type WeightOf } from './strategy-weight.ts'

/** What the world grants at the moment of a decision. */
export interface Grant {
  readonly weightOf: WeightOf
  readonly epoch: number
}

/** The desks of a world's strategies, in step with the orders and fills that the Gateway recorded. */
export interface TradingDesks {
  /** Opens a desk per strategy, notes the orders that are under way and folds every recorded fill. */
  open(loaded: LoadedWorld, options: CallOptions): Promise<void>
  /** Rebuilds the planners' memories after history was replayed; a planner that was at work before keeps its own. */
  resume(standing: StandingTargets, activation: ActivationState): void
  /** The prices of a slice become the current ones. */
  notePrices(slice: BarSlice): void
  /** Folds the fills recorded since the last look and drops orders that ended. */
  catchUp(options: CallOptions): Promise<readonly Fill[]>
  /** Plans a strategy's orders where the evaluator's last bar gave it a row. */
  decide(
    strategy: RunningStrategy,
    evaluator: StreamingEvaluator,
    closeTimeMs: number,
    grant: Grant,
  ): readonly OrderRequest[]
  /** Notes an order as sent; it counts as open until the Gateway says otherwise. */
  noteSent(order: OrderRequest): void
  books(): ReadonlyMap<string, Book>
  /** Close of an instrument's last bar; nothing before its first. */
  priceOf(instrument: string): Decimal | undefined
}

interface State {
  readonly desks: Map<string, StrategyDesk>
  readonly prices: Map<string, Decimal>
  /** The last fill by strategy and instrument. */
  readonly lastFills: Map<string, Fill>
  fillsRead: number
  loaded: LoadedWorld | undefined
}

export function createTradingDesks(ports: RunnerPorts, worldId: string): TradingDesks {
  const state: State = { desks: new Map(), prices: new Map(), lastFills: new Map(), fillsRead: 0, loaded: undefined }
  const { desks } = state

  return {
    async open(loaded, options) {
      const planners = new Map([...desks].map(([id, { planner }]) => [id, planner]))
      // Orders before fills, as in `catchUp`; each is noted whole, for all of its fills are folded after it.
      const open = await listOpenOrders(ports, worldId, options)
      state.loaded = loaded
      state.fillsRead = 0
      desks.clear()
      for (const { strategyId } of loaded.running) {
        const desk = openDesk(worldId, strategyId, decimal(loaded.world.strategy_cash))
        desks.set(strategyId, { ...desk, planner: planners.get(strategyId) ?? desk.planner })
      }
      for (const order of open) updateDesk(state, order.strategy_id, (desk) => noteSent(desk, order))
      await readFills(ports, worldId, state, options)
    },
    resume(standing, activation) {
      for (const { strategyId, built } of state.loaded?.running ?? []) {
        const weightOf = weightsOf(activation, strategyId)
        const changedMs = lastWeightChangeMs(activation, strategyId) ?? -Infinity
        const lastFillMs = (instrument: string) => {
          const fill = state.lastFills.get(`${strategyId} ${instrument}`)
          // What was sized before the weights were written may be of others: it is sized anew.
          return fill && parseInstant(fill.received_at) >= changedMs ? parseInstant(fill.filled_at) : undefined
        }
        updateDesk(state, strategyId, (desk) =>
          desk.planner.size > 0 ? desk : standing.resume(desk, built.intents, { weightOf, lastFillMs }),
        )
      }
    },
    notePrices(slice) {
      for (const { instrument, bar } of slice.bars) state.prices.set(instrument, decimal(bar.close))
    },
    async catchUp(options) {
      const isWaiting = [...desks.values()].some(({ open }) => open.size > 0)
      // Orders before fills: an order that ends between the two reads has its fills read, never the other way round.
      const orders = isWaiting ? await listOpenOrders(ports, worldId, options) : []
      // Always, for a fill may come late, or be of an order that was placed by hand.
      const fills = await readFills(ports, worldId, state, options)
      const listed = new Set(orders.map((order) => order.client_order_id))
      for (const id of desks.keys()) updateDesk(state, id, (desk) => keepOpen(desk, listed))
      return fills
    },
    decide: (strategy, evaluator, closeTimeMs, grant) => decideFor(state, { strategy, evaluator, closeTimeMs, grant }),
    noteSent: (order) => updateDesk(state, order.strategy_id, (desk) => noteSent(desk, order)),
    books: () => new Map([...desks].map(([id, { book }]) => [id, book])),
    priceOf: (instrument) => state.prices.get(instrument),
  }
}

function updateDesk({ desks }: State, strategyId: string, change: (desk: StrategyDesk) => StrategyDesk): void {
  const desk = desks.get(strategyId)
  if (desk) desks.set(strategyId, change(desk))
}

/** Every order of the world that has not ended, page by page. */
async function listOpenOrders(ports: RunnerPorts, worldId: string, options: CallOptions): Promise<readonly Order[]> {
  const orders: Order[] = []
  for (let after = 0; ;) {
    const query = { world_id: worldId, open: true, after, limit: 1000 }
    const { body } = await ports.gateway.listOrders({ query }, options)
    if (body.orders.length === 0) return orders
    orders.push(...body.orders)
    after = body.next_after
  }
}

async function readFills(
  ports: RunnerPorts,
  worldId: string,
  state: State,
  options: CallOptions,
): Promise<readonly Fill[]> {
  const fresh: Fill[] = []
  for (;;) {
    const query = { world_id: worldId, after: state.fillsRead, limit: 1000 }
    const { body } = await ports.gateway.listFills({ query }, options)
    for (const fill of body.fills) foldRecorded(state, fill)
    fresh.push(...body.fills)
    state.fillsRead = body.next_after
    if (body.fills.length === 0) return fresh
  }
}

function foldRecorded(state: State, fill: Fill): void {
  const market = state.loaded?.market
  if (!market) return
  updateDesk(state, fill.strategy_id, (desk) => foldFill(desk, fill, market.instrument(fill.instrument)))
  state.lastFills.set(`${fill.strategy_id} ${fill.instrument}`, fill)
}

interface DecisionInput {
  readonly strategy: RunningStrategy
  readonly evaluator: StreamingEvaluator
  readonly closeTimeMs: number
  readonly grant: Grant
}

function decideFor(state: State, { strategy, evaluator, closeTimeMs, grant }: DecisionInput): readonly OrderRequest[] {
  const desk = state.desks.get(strategy.strategyId)
  const due = strategy.built.intents.filter((node) => node.instrument !== undefined && evaluator.hasRow(node))
  if (!desk || due.length === 0 || !state.loaded) return []
  const { market, rules } = state.loaded
  const targets = due
    .map((node) => ({
      instrument: market.instrument(node.instrument ?? ''),
      target: evaluator.value({ node, output: 'target' }),
      barOpenMs: closeTimeMs - node.intervalMs,
    }))
    .filter(({ instrument }) => state.prices.has(instrument.id))
  const priceOf = (instrument: string) => state.prices.get(instrument) ?? decimal(0)
  const decision = { targets, priceOf, ...grant }
  const decided = decideOrders(desk, decision, rules)
  state.desks.set(strategy.strategyId, decided.desk)
  return decided.orders
}
