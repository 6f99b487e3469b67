import {
  ZERO,
  type ApplyAck,
  type CallOptions,
  type Evaluation,
  type FreezeResult,
  type Policy,
  type WorldCreate,
} from '@qmtl/contracts'
import type { MarketData } from '@qmtl/market'
import { submitStrategy, type LoadedStrategy, type StepReport, type SubmitResult, type WorldRunner } from '@qmtl/sdk'
import { ensureWorld } from '../platform/ensure-world.ts'
import type { Platform } from '../platform/open-platform.ts'
import { allFills } from '../platform/paper-trading.ts'
import { createPace } from '../platform/pace.ts'
import { runWorldLoop } from '../platform/world-loop.ts'
import { checkBooks } from './check-books.ts'
import type { DemoPaper, DemoReport, DemoStrategy } from './demo-report.ts'

/** Instants of each phase of the paper trading. */
export interface DemoLengths {
  readonly beforeActivation: number
  readonly trading: number
  readonly afterFreeze: number
}

export interface DemoOptions {
  readonly world: WorldCreate
  readonly policy: Policy
  readonly strategies: readonly LoadedStrategy[]
  readonly market: MarketData
  readonly lengths: DemoLengths
  /** Instants per second; undefined is as fast as possible. */
  readonly barsPerSecond: number | undefined
  /** Names the apply; must differ from run to run. */
  readonly runId: string
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Told of each part of the demo as it happens. */
export interface DemoListener {
  worldReady(world: { readonly created: boolean; readonly world: WorldCreate; readonly policy: Policy }): void
  submitted(results: readonly SubmitResult[]): void
  judged(evaluation: Evaluation, names: ReadonlyMap<string, string>): void
  waiting(phase: 'before-activation' | 'trading' | 'after-freeze', instants: number): void
  stepped(report: StepReport): void
  blockedBefore(counts: PhaseCounts): void
  applied(apply: DemoReport['apply'], stages: ApplyAck['stages']): void
  traded(counts: PhaseCounts, books: DemoReport['ledger']): void
  frozen(freeze: FreezeResult): void
  quiet(counts: PhaseCounts, reachedVenue: number): void
}

/** What one phase of paper trading came to. */
export interface PhaseCounts {
  readonly bars: number
  readonly decided: number
  /** Orders that the first gate refused, by reason. */
  readonly blocked: Readonly<Record<string, number>>
  readonly placed: number
  readonly refused: number
}

/** Runs the demo's story on an open platform. Ends early, with what there is, only by throwing the signal's reason. */
export async function runDemo(platform: Platform, options: DemoOptions, listener: DemoListener): Promise<DemoReport> {
  const startedAt = options.now()
  const worldId = options.world.world_id
  const ensured = await ensureWorld(platform.worlds, options.world, options.policy)
  listener.worldReady({ created: ensured.created, world: options.world, policy: options.policy })
  const submitted = await submitAll(platform, options)
  listener.submitted(submitted)

  const runner = platform.runnerOf(worldId)
  await runner.refresh(options)
  const evaluation = await judge(platform, runner, worldId, options)
  listener.judged(evaluation, namesOf(submitted))

  const phase = phaseRunner(platform, runner, options, listener)
  const earlier = {
    orders: await countOrders(platform, worldId),
    fills: (await allFills(platform.gateway, worldId)).length,
  }
  const before = await phase('before-activation', options.lengths.beforeActivation)
  listener.blockedBefore(before)

  const params = { world_id: worldId }
  const { body: ack } = await platform.worlds.apply({ params, headers: {}, body: { run_id: options.runId } }, options)
  listener.applied(ack, ack.stages)
  const trading = await phase('trading', options.lengths.trading)
  listener.traded(trading, await ledgerOf(platform, runner, submitted, options))
  const statesAfterApply = await decisionsOf(platform, worldId, options)

  const { body: freeze } = await platform.worlds.freeze({ params, body: { reason: 'end of the demo' } }, options)
  const atFreeze = platform.venue.stats().submitted
  listener.frozen(freeze)
  const after = await phase('after-freeze', options.lengths.afterFreeze)
  const reachedVenue = platform.venue.stats().submitted - atFreeze
  listener.quiet(after, reachedVenue)

  const paper: DemoPaper = {
    bars: before.bars + trading.bars + after.bars,
    orders_blocked_before_activation: sumOf(before.blocked),
    orders: (await countOrders(platform, worldId)) - earlier.orders,
    fills: (await allFills(platform.gateway, worldId)).length - earlier.fills,
    orders_after_freeze: reachedVenue,
    bars_after_freeze: after.bars,
    orders_blocked_after_freeze: sumOf(after.blocked),
  }
  return {
    strategies: submitted.map((one) => strategyReport(one, evaluation, statesAfterApply)),
    apply: { run_id: ack.run_id, phase: ack.phase, active: ack.active },
    paper,
    freeze,
    ledger: await ledgerOf(platform, runner, submitted, options),
    took_ms: Math.round(options.now() - startedAt),
  }
}

async function submitAll(platform: Platform, options: DemoOptions): Promise<readonly SubmitResult[]> {
  const worldIds = [options.world.world_id]
  const results: SubmitResult[] = []
  // One after the other: what the first creates, the next one shares.
  for (const strategy of options.strategies) {
    results.push(await submitStrategy(platform.gateway, strategy, { worldIds, signal: options.signal }))
  }
  return results
}

async function judge(
  platform: Platform,
  runner: WorldRunner,
  worldId: string,
  options: CallOptions,
): Promise<Evaluation> {
  await runner.gatherEvidence(options)
  const { body } = await platform.worlds.evaluate({ params: { world_id: worldId }, body: {} }, options)
  return body
}

function phaseRunner(platform: Platform, runner: WorldRunner, options: DemoOptions, listener: DemoListener) {
  const pace = createPace(options.barsPerSecond, options.now)
  return async (name: Parameters<DemoListener['waiting']>[0], instants: number): Promise<PhaseCounts> => {
    listener.waiting(name, instants)
    const counts = { decided: 0, placed: 0, refused: 0, blocked: {} as Record<string, number> }
    const onStep = (report: StepReport) => {
      listener.stepped(report)
      countOutcomes(report, counts)
    }
    const bars = await runWorldLoop({ platform, runner, pace, onStep }, { signal: options.signal, most: instants })
    options.signal.throwIfAborted()
    return { bars, ...counts }
  }
}

function countOutcomes(
  { sent }: StepReport,
  counts: { decided: number; placed: number; refused: number; readonly blocked: Record<string, number> },
): void {
  for (const { outcome } of sent) {
    counts.decided += 1
    if (outcome.kind === 'placed') counts.placed += 1
    if (outcome.kind === 'refused') counts.refused += 1
    if (outcome.kind === 'blocked') counts.blocked[outcome.reason] = (counts.blocked[outcome.reason] ?? 0) + 1
  }
}

interface GrantedModes {
  readonly mode: DemoStrategy['decision']['effective_mode']
  readonly reason: string
  readonly activeWeight: ReadonlyMap<string, number>
}

async function decisionsOf(platform: Platform, worldId: string, options: CallOptions): Promise<GrantedModes> {
  const params = { world_id: worldId }
  const { body: decision } = await platform.worlds.decide({ params }, options)
  const { body: activation } = await platform.worlds.getActivation({ params }, options)
  const active = Object.entries(activation.state).flatMap(([id, sides]) => {
    const entry = [sides.long, sides.short].find((one) => one?.active === true)
    return entry ? [[id, entry.weight] as const] : []
  })
  return { mode: decision.effective_mode, reason: decision.reason, activeWeight: new Map(active) }
}

function strategyReport(submitted: SubmitResult, evaluation: Evaluation, granted: GrantedModes): DemoStrategy {
  const { name, strategy_id, plan } = submitted
  const verdict = evaluation.verdicts.find((one) => one.strategy_id === strategy_id)
  const { reused, created, nodes } = plan ?? { reused: 0, created: 0, nodes: [] }
  const unjudged = { outcome: 'inconclusive', gates: [], statistics: {} } as const
  const { outcome, gates, statistics } = verdict ?? unjudged
  return {
    ...{ name, strategy_id, nodes: nodes.length, reused, created },
    verdict: { outcome, gates },
    decision: decisionOf(strategy_id, granted),
    statistics,
  }
}

/** What a strategy may do: the world's mode where it is active, else compute only. */
function decisionOf(strategyId: string, { mode, reason, activeWeight }: GrantedModes): DemoStrategy['decision'] {
  const weight = activeWeight.get(strategyId)
  return weight === undefined
    ? { effective_mode: 'compute-only', active: false, weight: 0, reason: 'not_promoted' }
    : { effective_mode: mode, active: true, weight, reason }
}

async function ledgerOf(
  platform: Platform,
  runner: WorldRunner,
  submitted: readonly SubmitResult[],
  { market, world }: DemoOptions,
): Promise<DemoReport['ledger']> {
  return checkBooks({
    books: runner.books(),
    fills: await allFills(platform.gateway, world.world_id),
    names: namesOf(submitted),
    instrumentOf: (id) => market.instrument(id),
    priceOf: (instrument) => runner.priceOf(instrument) ?? ZERO,
  })
}

function namesOf(submitted: readonly SubmitResult[]): ReadonlyMap<string, string> {
  return new Map(submitted.map(({ strategy_id, name }) => [strategy_id, name]))
}

async function countOrders(platform: Platform, worldId: string): Promise<number> {
  let total = 0
  for (let after = 0; ;) {
    const { body } = await platform.gateway.listOrders({ query: { world_id: worldId, after, limit: 1000 } })
    if (body.orders.length === 0) return total
    total += body.orders.length
    after = body.next_after
  }
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
