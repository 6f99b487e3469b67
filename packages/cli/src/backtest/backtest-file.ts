import { resolve } from 'node:path'
import { realityModels } from '@qmtl/brokerage'
import { decimal } from '@qmtl/contracts'
import { backtestStrategy, checkReplay, evaluateColumnar, type ReportData } from '@qmtl/engine'
import { fingerprintOf } from '@qmtl/market'
import { loadStrategy } from '@qmtl/sdk'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { Misuse } from '../command/misuse.ts'
import { defaultSeed } from '../config/data-preset.ts'
import { openDataStore } from '../data/data-store.ts'
import { writeTextFile } from '../output/write-text-file.ts'
import { barsWithin, instrumentTerms, timeRange, type BacktestBars } from './backtest-bars.ts'
import { backtestReport } from './backtest-report.ts'
import { backtestText } from './backtest-text.ts'
import { readCsvBars } from './csv-bars.ts'
import type { DataFile } from './readers.ts'
import { checkReportFile, writeReport } from './report-file.ts'
import { readStoredBars } from './stored-bars.ts'
import { instrumentsOf, needsOf, type BarsNeed } from './strategy-needs.ts'
import { readSyntheticBars } from './synthetic-bars.ts'

/** What `qmtl backtest` is asked for; amounts are decimal texts. */
export interface BacktestRequest {
  readonly file: string
  readonly data: readonly DataFile[]
  readonly instrument: string | undefined
  readonly cash: string
  readonly feeBps: string
  readonly slippageBps: string
  readonly params: readonly (readonly [name: string, value: string | number | boolean])[]
  readonly allowGaps: boolean
  readonly from: string | undefined
  readonly to: string | undefined
  readonly seed: number | undefined
  readonly out: string | undefined
  readonly report: string | undefined
  /** Folder of the stored bars. */
  readonly store: string
}

/** Loads a strategy file, runs it over files, the store or the synthetic market, and reports. Nothing is written unless all went well. */
export async function backtestFile(request: BacktestRequest, context: CommandContext): Promise<CommandResult> {
  checkRequest(request)
  const { file, cash, feeBps, slippageBps } = request
  if (request.report !== undefined) await checkReportFile(resolve(context.cwd, request.report), request.report)
  const strategy = await loadStrategy(resolve(context.cwd, file), { params: Object.fromEntries(request.params) })
  const needs = needsOf(strategy.nodes)
  const bars = await readBars(request, needs, context)
  const data = bars.map(dataOf)
  const columns = data.map((each) => each.columns)
  const evaluated = evaluateColumnar(strategy.intents, columns)
  const result = backtestStrategy(strategy.intents, columns, {
    evaluated,
    instruments: instrumentsOf(needs).map(instrumentTerms),
    cash: decimal(cash),
    models: realityModels({ feeBps, slippageBps }),
    dataFingerprints: data.map(({ fingerprint }) => fingerprint),
  })
  const replay = checkReplay(strategy.intents, columns, { evaluated })
  const finished = { strategy, file, cash, data, result, replay, report: request.report }
  const report = backtestReport(finished)
  if (request.report !== undefined) {
    await writeReport(resolve(context.cwd, request.report), finished)
    context.note(`wrote ${request.report}`)
  }
  if (request.out !== undefined) {
    await writeTextFile(resolve(context.cwd, request.out), `${JSON.stringify(report, null, 2)}\n`)
    context.note(`wrote ${request.out}`)
  }
  return { json: report, text: (style) => backtestText(report, style) }
}

function dataOf({ columns, source }: BacktestBars): ReportData {
  return { instrument: instrumentTerms(columns.instrument), columns, source, fingerprint: fingerprintOf(columns) }
}

function checkRequest({ data, seed, instrument, cash, out, report }: BacktestRequest): void {
  if (data.length > 0 && seed !== undefined) throw new Misuse('--seed', '', 'is for runs without --data')
  if (data.length === 0 && instrument !== undefined) throw new Misuse('--instrument', '', 'needs a --data file')
  if (Number(cash) === 0) throw new Misuse('--cash', cash, 'must be above 0')
  if (out !== undefined && out === report) throw new Misuse('--report', report, 'needs another file than --out')
}

async function readBars(
  request: BacktestRequest,
  needs: readonly BarsNeed[],
  { cwd, signal }: CommandContext,
): Promise<readonly BacktestBars[]> {
  const range = timeRange(request)
  const { instrument, allowGaps, seed, store } = request
  if (request.data.length === 0) {
    const stored =
      seed === undefined
        ? await readStoredBars(openDataStore({ cwd }, store), needs, { range, allowGaps, signal })
        : undefined
    return stored ?? readSyntheticBars(needs, { seed: seed ?? defaultSeed, range, signal })
  }
  const bars = await readCsvBars(request.data, needs, { cwd, instrument, allowGaps })
  return bars.map((each) => barsWithin(each, range))
}
