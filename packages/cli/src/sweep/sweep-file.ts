import { resolve } from 'node:path'
import {
  createFileArtifacts,
  createResultCache,
  metricOf,
  sweepHtml,
  type ManyBacktests,
  type ParameterAxis,
  type ReportData,
  type ResultStore,
  type RunSummary,
  type SearchMetric,
  type TrainingSpan,
} from '@qmtl/engine'
import { loadStrategy, type LoadedStrategy } from '@qmtl/sdk'
import { describeStatistic } from '@qmtl/statistics'
import { reportedData } from '../backtest/backtest-report.ts'
import { checkReportFile } from '../backtest/report-file.ts'
import { checkRunRequest, readRunData, type RunRequest } from '../backtest/run-data.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { releaseVersion } from '../command/release-version.ts'
import { createProgress } from '../data/progress.ts'
import { counted } from '../output/numbers.ts'
import { writeTextFile } from '../output/write-text-file.ts'
import { bestTrials, buildTrials, chooseByFold, foldsOf, runTrials, type SweepTrials } from './run-sweep.ts'
import { walkForwardReport, type SweepReport } from './sweep-report.ts'
import { bestTable, foldTable, sweepText } from './sweep-text.ts'

/** What `qmtl sweep` is asked for. */
export interface SweepRequest extends RunRequest {
  readonly params: readonly ParameterAxis[]
  readonly metric: SearchMetric
  /** How many of the best are shown. */
  readonly top: number
  readonly threads: number
  /** Tests of a walk forward; undefined for none. */
  readonly walkForward: number | undefined
  readonly training: TrainingSpan
  /** Folder of results that later searches over the same bars find; undefined for none. */
  readonly cache: string | undefined
}

/** Trades every combination of parameters over the same bars and reports the best. Nothing is written unless all went well. */
export async function sweepFile(request: SweepRequest, context: CommandContext): Promise<CommandResult> {
  checkRunRequest(request)
  const { file, params: axes, walkForward, signal } = { ...request, signal: context.signal }
  if (request.report !== undefined) await checkReportFile(resolve(context.cwd, request.report), request.report)
  const strategy = await loadStrategy(resolve(context.cwd, file))
  const trials = buildTrials(strategy, axes)
  const data = await readRunData(request, trials.needs, context)
  const progress = createProgress(`sweep ${file}`, context.stderr)
  const store = openResults(data, request.cache === undefined ? undefined : resolve(context.cwd, request.cache))
  const terms = {
    ...request,
    store,
    signal,
    onProgress: ({ done, total }: { readonly done: number; readonly total: number }) =>
      progress.report(done / total, `${done} of ${counted(total, 'combination')}`),
  }
  try {
    const many = await runTrials(trials, data, terms)
    const folds = walkForward === undefined ? [] : foldsOf(data, { folds: walkForward, training: request.training })
    const windows = folds.flatMap(({ train, test }) => [train, test])
    const forward = folds.length === 0 ? undefined : await runTrials(trials, data, { ...terms, windows })
    const chosen = forward && chooseByFold(folds, trials, forward.runs, request.metric)
    const report = sweepReport({ strategy, request, trials, data, many })
    return await finish(chosen === undefined ? report : { ...report, walk_forward: walkForwardReport(folds, chosen) }, {
      request,
      data,
      context,
    })
  } finally {
    progress.end()
  }
}

/** Nodes that a search runs twice are run once; with a folder, those of earlier searches too. */
function openResults(data: readonly ReportData[], folder: string | undefined): ResultStore {
  const cache = createResultCache(folder === undefined ? {} : { artifacts: createFileArtifacts(folder) })
  return cache.over({ execution_domain: 'backtest' }, ({ instrument, intervalMs }) => {
    const own = data.find(({ columns }) => columns.instrument === instrument && columns.intervalMs === intervalMs)
    return own?.fingerprint ?? ''
  })
}

interface FinishedSweep {
  readonly strategy: LoadedStrategy
  readonly request: SweepRequest
  readonly trials: SweepTrials
  readonly data: readonly ReportData[]
  readonly many: ManyBacktests
}

function sweepReport({ strategy, request, trials, data, many }: FinishedSweep): SweepReport {
  const { file, metric, top, params: axes } = request
  const runs = many.runs.flat()
  return {
    strategy: { name: strategy.name, version: strategy.version, file },
    metric,
    axes,
    data: data.map(reportedData),
    trials: runs.length,
    refused: trials.refused,
    nodes: { declared: many.declared, computed: many.computed },
    best: bestTrials(trials, runs, { metric, top, data, terms: request }),
    values: trials.built.map(({ params }, place) => ({ params, value: valueOf(runs[place], metric) })),
    remarks: remarksOnSweep(trials, runs, metric),
    ...(request.report === undefined ? {} : { report: request.report }),
  }
}

function valueOf(run: RunSummary | undefined, metric: SearchMetric): number | null {
  return (run && metricOf(run, metric)) ?? null
}

function remarksOnSweep(
  { refused }: SweepTrials,
  runs: readonly RunSummary[],
  metric: SearchMetric,
): readonly string[] {
  const remarks = [
    `the best of ${counted(runs.length, 'combination')} is flattered by the choice; the deflated Sharpe ratio allows for it`,
  ]
  const [first] = refused
  if (first !== undefined) {
    remarks.push(`the strategy refuses ${counted(refused.length, 'combination')}; the first: ${first.message}`)
  }
  const empty = runs.filter((run) => metricOf(run, metric) === undefined).length
  if (empty > 0)
    remarks.push(`${counted(empty, 'combination')} without a ${describeStatistic(metric).title}, ranked last`)
  return remarks
}

/** Writes what was asked for, whole or not at all. */
async function finish(
  report: SweepReport,
  {
    request,
    data,
    context,
  }: { readonly request: SweepRequest; readonly data: readonly ReportData[]; readonly context: CommandContext },
): Promise<CommandResult> {
  if (request.report !== undefined) {
    await writeTextFile(resolve(context.cwd, request.report), pageOf(report, data))
    context.note(`wrote ${request.report}`)
  }
  if (request.out !== undefined) {
    await writeTextFile(resolve(context.cwd, request.out), `${JSON.stringify(report, null, 2)}\n`)
    context.note(`wrote ${request.out}`)
  }
  return { json: report, text: (style) => sweepText(report, style) }
}

function pageOf(report: SweepReport, data: readonly ReportData[]): string {
  return sweepHtml({
    strategy: report.strategy,
    metric: describeStatistic(report.metric).title,
    axes: report.axes,
    trials: report.values.map(({ params, value }) => ({ params, value: value ?? undefined })),
    best: bestTable(report),
    folds: foldTable(report),
    remarks: report.remarks,
    data,
    createdAtMs: Date.now(),
    release: releaseVersion(),
  })
}
