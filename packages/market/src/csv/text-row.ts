import { barFields, type BarField } from '../bars/bar-block.ts'
import type { TimeReader } from '../layout/time-pattern.ts'
import { anyTime } from '../layout/time-reader.ts'
import type { BarIntake } from './bar-intake.ts'
import { checkBarRow } from './bar-row.ts'

/** Where the cells of a row stand. */
export interface TextRowContext {
  /** Position of each field among the cells. */
  readonly positions: Readonly<Record<BarField, number>>
  /** From 1. */
  readonly line: number
  readonly intake: BarIntake
}

/** Hands a row of our own layout to the intake, or everything that is wrong with it. */
export function takeTextRow(texts: readonly string[], { positions, line, intake }: TextRowContext): void {
  if (texts.length !== barFields.length) {
    return intake.refuseRow(line, `${texts.length} cells, not ${barFields.length}`)
  }
  const text = (field: BarField): string => texts[positions[field]] ?? ''
  const cells = {
    ts: text('ts'),
    open: text('open'),
    high: text('high'),
    low: text('low'),
    close: text('close'),
    volume: text('volume'),
  }
  takeCells(cells, { positions, line, intake, times: anyTime })
}

/** Hands the texts of a bar to the intake, or everything that is wrong with them. */
export function takeCells(
  cells: Readonly<Record<BarField, string>>,
  { positions, line, intake, times }: TextRowContext & { readonly times: TimeReader },
): void {
  const { bar, problems } = checkBarRow(cells, line, times)
  intake.cells.set([bar.openTimeMs, bar.open, bar.high, bar.low, bar.close, bar.volume])
  if (problems.length === 0 && intake.take(line)) return
  for (const { field, value, rule } of problems)
    intake.refuse(line, { field, column: positions[field] + 1, value, rule })
  if (problems.length === 0) intake.refuse(line, intake.orderFault(positions.ts + 1))
}
