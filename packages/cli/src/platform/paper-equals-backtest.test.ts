import { decimal, decimalText, parseInstant, type Fill } from '@qmtl/contracts'
import { ledgerFillOf, realityModels, rebuildBook } from '@qmtl/brokerage'
import { evaluateColumnar, plannerRules, runBacktest } from '@qmtl/engine'
import { barsBetween } from '@qmtl/market'
import { afterEach, expect, test } from 'vitest'
import { openDesk, testWorld, type TestDesk } from '../testing/open-desk.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import { createPace } from './pace.ts'
import { allFills } from './paper-trading.ts'
import { runWorldLoop } from './world-loop.ts'

const instants = 24 * 12
const params = { world_id: 'desk' }
const asOfMs = parseInstant(testWorld.data.as_of)
const hourMs = 3_600_000

const temporary = temporaryDirectories()
let desk: TestDesk | undefined

afterEach(() => desk?.platform.stop())

async function tradeOnPaper({ platform, submitted }: TestDesk): Promise<readonly Fill[]> {
  const runner = platform.runnerOf('desk')
  await runner.refresh({})
  // The evidence tells which strategies trade short, and so which sides an apply activates.
  await runner.gatherEvidence({})
  const activate = submitted.map(({ strategy_id }) => strategy_id)
  await platform.worlds.apply({ params, headers: {}, body: { run_id: 'go', plan: { activate } } })
  const pace = createPace(undefined, () => 0)
  const signal = new AbortController().signal
  await runWorldLoop({ platform, runner, pace, onStep: () => undefined }, { signal, most: instants })
  return allFills(platform.gateway, 'desk')
}

test('strategies fill on paper exactly as in a backtest over the same bars', async () => {
  desk = await openDesk(await temporary(), ['golden-cross', 'trend-rsi', 'fast-flip'])
  const { platform, market, strategies, submitted } = desk
  const fills = await tradeOnPaper(desk)
  const models = realityModels({ feeBps: 5, slippageBps: 2 })

  for (const [index, strategy] of strategies.entries()) {
    const [intent] = strategy.intents
    const instrument = market.instrument(intent?.instrument ?? '')
    const untilMs = asOfMs + instants * hourMs
    const request = {
      instrument: instrument.id,
      intervalMs: hourMs,
      fromMs: parseInstant(testWorld.data.history_start),
    }
    const bars = await market.history({ ...request, toMs: untilMs }, {})
    const evaluated = evaluateColumnar(strategy.intents, [bars])
    const rows = evaluated.rowsOf(intent!)
    const first = rows.findIndex((closeMs) => closeMs > asOfMs)
    const target = evaluated.column({ node: intent!, output: 'target' })
    const result = runBacktest(
      {
        targets: [{ instrument: instrument.id, closeTimesMs: rows.slice(first), targets: target.slice(first) }],
        bars: [barsBetween(bars, asOfMs, untilMs)],
        instruments: [instrument],
        cash: decimal(10_000),
        models,
        rules: plannerRules(models),
      },
      { dataFingerprints: ['x'], codeHashes: [], nodeIds: [] },
    )
    const own = fills.filter(({ strategy_id }) => strategy_id === submitted[index]?.strategy_id)
    expect(own.length).toBe(result.fills)
    expect(own.length).toBeGreaterThan(3)
    const book = rebuildBook(
      decimal(10_000),
      own.map((fill) => ledgerFillOf(fill, instrument)),
    )
    expect(decimalText(book.cash)).toBe(decimalText(result.book.cash))
    expect(decimalText(book.fees)).toBe(decimalText(result.book.fees))
    const runnerBook = platform
      .runnerOf('desk')
      .books()
      .get(submitted[index]?.strategy_id ?? '')
    expect(decimalText(runnerBook?.cash ?? decimal(0))).toBe(decimalText(book.cash))
  }
}, 60_000)
