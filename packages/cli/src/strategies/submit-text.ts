import type { SubmitResult } from '@qmtl/sdk'
import { truthMark } from '../output/marks.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'
import { wrapText } from '../output/wrap-text.ts'
import { failureText } from './failure-text.ts'
import { noticesText, planCounts, planNodes } from './plan-text.ts'

/** The document of `qmtl submit --json`. */
export interface SubmitReport extends Omit<SubmitResult, 'strategy_id' | 'status'> {
  /** Null for a dry run, which keeps nothing; so is `status`. */
  readonly strategy_id: string | null
  readonly status: SubmitResult['status'] | null
  readonly dry_run: boolean
  readonly nodes: number
  /** Null while there is no plan; so is `created`. A duplicate has the counts that it would find now. */
  readonly reused: number | null
  readonly created: number | null
}

/** A submission as its author reads it. */
export function submitText(report: SubmitReport, style: Style): string {
  const { plan, dry_run, error } = report
  const rows: readonly (readonly [string, string])[] = [
    ['strategy', strategyText(report)],
    ['plan', plan === null ? 'not made yet' : planCounts(plan)],
    ['error', error === null ? '' : failureText(error)],
    ['next', nextText(report)],
  ]
  const lines = [
    headText(report, style),
    pairs(rows, style),
    noticesText(report, style),
    dry_run && plan !== null ? `\n${planNodes(plan, style)}` : '',
  ]
  return lines.filter((line) => line !== '').join('\n')
}

function headText({ name, version, world_ids, status, dry_run }: SubmitReport, style: Style): string {
  const title = `${style.bold(name)} ${version}  `
  const where = `in world ${world_ids.join(', ')}`
  if (dry_run) return wrapText(`${title}dry run ${where}: nothing was kept`, style)
  return wrapText(title + where, { width: style.width, lead: `${truthMark(status !== 'failed', style)} ` })
}

function strategyText({ strategy_id, duplicate }: SubmitReport): string {
  return `${strategy_id ?? ''}${duplicate ? ', submitted before: it goes on' : ''}`
}

function nextText({ strategy_id, name, status }: SubmitReport): string {
  if (strategy_id === null || status === 'failed') return ''
  return status === 'completed' ? `qmtl explain ${name}` : `qmtl status ${strategy_id}`
}
