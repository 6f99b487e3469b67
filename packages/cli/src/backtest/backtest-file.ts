import { resolve } from 'node:path'
import { decimal } from '@qmtl/contracts'
import { backtestStrategy, checkReplay, evaluateColumnar } from '@qmtl/engine'
import type { BarColumns } from '@qmtl/market'
import { loadStrategy } from '@qmtl/sdk'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { Misuse } from '../command/misuse.ts'
import { writeTextFile } from '../output/write-text-file.ts'
import { backtestReport } from './backtest-report.ts'
import { backtestText } from './backtest-text.ts'
import { checkReportFile, writeReport } from './report-file.ts'
import { checkRunRequest, readRunData, type RunRequest } from './run-data.ts'
import { runModels } from './run-models.ts'
import { instrumentsOf, needsOf } from './strategy-needs.ts'

/** What `qmtl backtest` is asked for. */
export interface BacktestRequest extends RunRequest {
  /** Id of the broker's profile; undefined for costs in basis points. */
  readonly profile: string | undefined
  readonly params: readonly (readonly [name: string, value: string | number | boolean])[]
  /** Instrument of the run whose holding is the benchmark. */
  readonly benchmark: string | undefined
}

/** Loads a strategy file, runs it over files, the store or the synthetic market, and reports. Nothing is written unless all went well. */
export async function backtestFile(request: BacktestRequest, context: CommandContext): Promise<CommandResult> {
  checkRunRequest(request)
  const { file, cash } = request
  const { models, termsOf } = runModels(request)
  if (request.report !== undefined) await checkReportFile(resolve(context.cwd, request.report), request.report)
  const strategy = await loadStrategy(resolve(context.cwd, file), { params: Object.fromEntries(request.params) })
  const needs = needsOf(strategy.nodes)
  const read = await readRunData(request, needs, context)
  const data = read.map((each) => ({ ...each, instrument: termsOf(each.instrument.id) }))
  const columns = data.map((each) => each.columns)
  checkBenchmark(request.benchmark, columns)
  const evaluated = evaluateColumnar(strategy.intents, columns)
  const result = backtestStrategy(strategy.intents, columns, {
    evaluated,
    instruments: instrumentsOf(needs).map(termsOf),
    cash: decimal(cash),
    models,
    dataFingerprints: data.map(({ fingerprint }) => fingerprint),
    benchmark: request.benchmark,
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

function checkBenchmark(id: string | undefined, data: readonly BarColumns[]): void {
  const read = data.map(({ instrument }) => instrument)
  if (id !== undefined && !read.includes(id)) {
    throw new Misuse(
      '--benchmark',
      id,
      `must be an instrument that the strategy reads (${[...new Set(read)].join(', ')})`,
    )
  }
}
