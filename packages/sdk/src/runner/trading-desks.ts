import { decimal, parseInstant, type CallOptions, type Decimal, type Fill, type OrderRequest } from '@qmtl/contracts'
import type { Book } from '@qmtl/brokerage'
import type { StreamingEvaluator } from '@qmtl/engine'
import type { LoadedWorld, RunningStrategy } from './load-world.ts'
import type { BarSlice } from './merge-bars.ts'
import type { RunnerPorts } from './ports.ts'
import type { StandingTargets } from './standing-targets.ts'
import { decideOrders, foldFill, keepOpen, noteSent, openDesk, type StrategyDesk } from './strategy-desk.ts'

/** What the world grants at the moment of a decision. */
export interface Grant {
  readonly weight: number
  readonly epoch: number
}

/** The desks of a world's strategies, in step with the orders and fills that the Gateway recorded. */
export interface TradingDesks {
  /** Opens a desk per strategy and folds every recorded fill. */
  open(loaded: LoadedWorld, options: CallOptions): Promise<void>
  /** Rebuilds the planners' memories after history was replayed. */
  resume(standing: StandingTargets): void
  /** The prices of a slice become the current ones. */
  notePrices(slice: BarSlice): void
  /** Folds the fills recorded since the last look and drops orders that ended; asks only while an order is open. */
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
  /** Market time of the last fill by strategy and instrument. */
  readonly lastFills: Map<string, number>
  fillsRead: number
  loaded: LoadedWorld | undefined
}

export function createTradingDesks(ports: RunnerPorts, worldId: string): TradingDesks {
  const state: State = { desks: new Map(), prices: new Map(), lastFills: new Map(), fillsRead: 0, loaded: undefined }
  const { desks } = state

  return {
    async open(loaded, options) {
      state.loaded = loaded
      state.fillsRead = 0
      desks.clear()
      for (const { strategyId } of loaded.running) {
        desks.set(strategyId, openDesk(worldId, strategyId, decimal(loaded.world.strategy_cash)))
      }
      await readFills(ports, worldId, state, options)
    },
    resume(standing) {
      for (const { strategyId, built } of state.loaded?.running ?? []) {
        const lastFillMs = (instrument: string) => state.lastFills.get(`${strategyId} ${instrument}`)
        updateDesk(state, strategyId, (desk) => standing.resume(desk, built.intents, lastFillMs))
      }
    },
    notePrices(slice) {
      for (const { instrument, bar } of slice.bars) state.prices.set(instrument, decimal(bar.close))
    },
    async catchUp(options) {
      if ([...desks.values()].every(({ open }) => open.size === 0)) return []
      // Orders before fills: an order that ends between the two reads has its fills read, never the other way round.
      const { body } = await ports.gateway.listOrders(
        { query: { world_id: worldId, open: true, limit: 1000 } },
        options,
      )
      const fills = await readFills(ports, worldId, state, options)
      const listed = new Set(body.orders.map((order) => order.client_order_id))
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
  state.lastFills.set(`${fill.strategy_id} ${fill.instrument}`, parseInstant(fill.filled_at))
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
  const [first] = due
  if (!desk || !first || !state.loaded) return []
  const { market, rules } = state.loaded
  const targets = due
    .map((node) => ({
      instrument: market.instrument(node.instrument ?? ''),
      target: evaluator.value({ node, output: 'target' }),
    }))
    .filter(({ instrument }) => state.prices.has(instrument.id))
  const priceOf = (instrument: string) => state.prices.get(instrument) ?? decimal(0)
  const decision = { targets, priceOf, barOpenMs: closeTimeMs - first.intervalMs, ...grant }
  const decided = decideOrders(desk, decision, rules)
  state.desks.set(strategy.strategyId, decided.desk)
  return decided.orders
}
