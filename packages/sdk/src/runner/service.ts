import { parseInstant, QmtlError, type CallOptions, type Decimal, type Fill, type OrderRequest } from '@qmtl/contracts'
import type { Book } from '@qmtl/brokerage'
import { createStreamingEvaluator, type StreamingEvaluator } from '@qmtl/engine'
import { gatherEvidence } from './gather-evidence.ts'
import { historyOf, loadWorld, type LoadedWorld, type RunningStrategy } from './load-world.ts'
import { mergeBars, mergeStreams, type BarFeed, type BarSlice } from './merge-bars.ts'
import { createOrderSender, type OrderSender, type SendOutcome } from './order-sender.ts'
import type { RunnerPorts } from './ports.ts'
import { createStandingTargets } from './standing-targets.ts'
import { weightsOf } from './strategy-weight.ts'
import { createTradingDesks, type Grant, type TradingDesks } from './trading-desks.ts'

/** What one bar led to. */
export interface StepReport {
  readonly closeTimeMs: number
  /** Node evaluations of the bar. */
  readonly evaluated: number
  readonly sent: readonly SentOrder[]
  /** Fills that the Gateway recorded since the bar before. */
  readonly fills: readonly Fill[]
}

export interface SentOrder {
  readonly order: OrderRequest
  readonly outcome: SendOutcome
}

/** Runs the strategies of one world: computes their nodes, plans, and sends orders through the three checks. */
export interface WorldRunner {
  readonly worldId: string
  /** Loads the world, its strategies and their books, and brings their nodes up to the last bar worked through. */
  refresh(options: CallOptions): Promise<void>
  strategies(): readonly RunningStrategy[]
  /** Bound strategies whose code is not known here; they stay compute-only. */
  withoutCode(): readonly string[]
  /** Backtests every strategy on the world's data and hands the evidence to WorldService; returns their ids. */
  gatherEvidence(options: CallOptions): Promise<readonly string[]>
  /** New closed bars in order, from the last one worked through on; pacing is the caller's. */
  bars(options: CallOptions): AsyncIterable<BarSlice>
  /** Works through the bars of one instant. */
  step(slice: BarSlice, options: CallOptions): Promise<StepReport>
  /** Books by strategy id. */
  books(): ReadonlyMap<string, Book>
  /** Close of an instrument's last bar; nothing before its first. */
  priceOf(instrument: string): Decimal | undefined
  /** Close time of the last bar worked through, epoch milliseconds. */
  workedThroughMs(): number
  /** The world was frozen under `epoch`: closes the order gate at once and acknowledges. */
  close(epoch: number, options: CallOptions): Promise<void>
  stop(options: CallOptions): Promise<void>
}

interface Session {
  readonly loaded: LoadedWorld
  readonly evaluator: StreamingEvaluator
  workedThroughMs: number
}

/** Creates the runner of one world; `refresh` makes it ready. Everything else throws `E_INTERNAL` before. */
export function createWorldRunner(ports: RunnerPorts, worldId: string, runnerId: string): WorldRunner {
  const sender: OrderSender = createOrderSender(ports, worldId, runnerId)
  const desks = createTradingDesks(ports, worldId)
  let session: Session | undefined

  const ready = (): Session => {
    if (!session) throw new QmtlError('E_INTERNAL', `the runner of world ${worldId} was not refreshed`)
    return session
  }

  return {
    worldId,
    async refresh(options) {
      const loaded = await loadWorld(ports, worldId, options)
      const saved = await ports.checkpoints.load(worldId, options)
      const untilMs = saved ?? parseInstant(loaded.world.data.as_of)
      session = await openSession(ports, { loaded, desks, untilMs }, options)
    },
    strategies: () => session?.loaded.running ?? [],
    withoutCode: () => session?.loaded.withoutCode ?? [],
    gatherEvidence: (options) => gatherEvidence(ports, ready().loaded, { ...options, runnerId }),
    bars: (options) => streamsFrom(ready(), options),
    async step(slice, options) {
      const { evaluator, loaded } = ready()
      const evaluated = evaluator.advance(slice.closeTimeMs, slice.bars)
      desks.notePrices(slice)
      const fills = await desks.catchUp(options)
      await sender.renew(options)
      const sent: SentOrder[] = []
      for (const strategy of loaded.running) {
        const orders = desks.decide(strategy, evaluator, slice.closeTimeMs, grantOf(sender, strategy))
        for (const order of orders) sent.push(await sendOne(sender, desks, order, options))
      }
      await ports.checkpoints.save(worldId, slice.closeTimeMs, options)
      ready().workedThroughMs = slice.closeTimeMs
      return { closeTimeMs: slice.closeTimeMs, evaluated, sent, fills }
    },
    books: () => desks.books(),
    priceOf: (instrument) => desks.priceOf(instrument),
    workedThroughMs: () => ready().workedThroughMs,
    close: (epoch, options) => sender.close(epoch, options),
    stop: (options) => sender.stop(options),
  }
}

interface SessionRequest {
  readonly loaded: LoadedWorld
  readonly desks: TradingDesks
  readonly untilMs: number
}

/** Folds the recorded fills and replays history: nodes, prices and planners stand as after the last bar worked through. */
async function openSession(
  ports: RunnerPorts,
  { loaded, desks, untilMs }: SessionRequest,
  options: CallOptions,
): Promise<Session> {
  const evaluator = createStreamingEvaluator(loaded.intents, {
    onFailure: (error) => ports.onFault({ code: error.code, message: error.message }),
  })
  await desks.open(loaded, options)
  const { body: activation } = await ports.worlds.getActivation(
    { params: { world_id: loaded.world.world_id } },
    options,
  )
  const standing = createStandingTargets()
  for (const slice of mergeBars(await historyOf(loaded, untilMs, options))) {
    evaluator.advance(slice.closeTimeMs, slice.bars)
    standing.note(loaded.intents, evaluator, slice.closeTimeMs)
    desks.notePrices(slice)
  }
  desks.resume(standing, activation)
  return { loaded, evaluator, workedThroughMs: untilMs }
}

function streamsFrom({ loaded, workedThroughMs }: Session, options: CallOptions): AsyncIterable<BarSlice> {
  // The first bar that closes after the last one worked through opens later than one interval before it.
  const firstOpen = ({ intervalMs }: BarFeed) => Math.max(0, workedThroughMs - intervalMs + 1)
  const streams = loaded.feeds.map((feed) => ({
    feed,
    bars: loaded.market.stream({ ...feed, fromMs: firstOpen(feed) }, options),
  }))
  return mergeStreams(streams)
}

/** Without a fresh lease the epoch is one that no gate lets through. */
function grantOf(sender: OrderSender, { strategyId }: RunningStrategy): Grant {
  return { weightOf: weightsOf(sender.activation(), strategyId), epoch: sender.lease()?.epoch ?? 0 }
}

async function sendOne(
  sender: OrderSender,
  desks: TradingDesks,
  order: OrderRequest,
  options: CallOptions,
): Promise<SentOrder> {
  const outcome = await sender.send(order, options)
  if (outcome.kind === 'placed' || outcome.kind === 'unknown') desks.noteSent(order)
  return { order, outcome }
}
