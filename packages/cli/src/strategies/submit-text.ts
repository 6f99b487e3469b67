import type { SubmitResult } from '@qmtl/sdk'
import { truthMark } from '../output/marks.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'
import { wrapText } from '../output/wrap-text.ts'
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
  const { plan, dry_run } = report
  const lines = [
    headText(report, style),
    `  ${plan === null ? 'no plan yet' : planCounts(plan)}`,
    noticesText(report, style),
    failureText(report, style),
    dry_run && plan !== null ? `\n${planNodes(plan, style)}` : '',
    nextText(report, style),
  ]
  return lines.filter((line) => line !== '').join('\n')
}

function headText(
  { name, version, strategy_id, duplicate, world_ids, status, dry_run }: SubmitReport,
  style: Style,
): string {
  const title = `${style.bold(name)} ${version}`
  const where = `in world ${world_ids.join(', ')}`
  if (dry_run) return wrapText(`${title}  dry run ${where}: nothing was kept`, style)
  const known = duplicate ? ' was submitted before and goes on' : ''
  const lead = `${truthMark(status !== 'failed', style)} `
  return wrapText(`${title}  strategy ${strategy_id ?? ''}${known}, ${where}`, { width: style.width, lead })
}

function failureText({ error }: SubmitReport, style: Style): string {
  if (error === null) return ''
  return wrapText(`${style.bad(error.code)}: ${error.message}`, { width: style.width, lead: '  ' })
}

function nextText({ strategy_id, name, status }: SubmitReport, style: Style): string {
  if (strategy_id === null || status === 'failed') return ''
  const next: readonly [string, string] =
    status === 'completed'
      ? ['is it trading?', `qmtl explain ${name}`]
      : ['the plan follows', `qmtl status ${strategy_id}`]
  return pairs([next], style)
}
