import { table, type Column } from './table.ts'
import { textWidth, wrapText } from './wrap-text.ts'

/** Narrower than this, a column of text is no longer readable; then lines are longer than asked. */
const narrowest = 24
const indent = 2
const gap = 2

/** A table whose last column is text: it is broken between words so that lines keep within `width` columns. */
export function wrappedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width }: { readonly width: number },
): string {
  const last = columns.length - 1
  const taken = columns.slice(0, last).reduce((sum, column, index) => sum + gap + widthOf(column, rows, index), indent)
  const left = Math.max(narrowest, width - taken)
  return table(
    columns,
    rows.flatMap((row) => brokenRow(row, last, left)),
  )
}

function widthOf({ title }: Column, rows: readonly (readonly string[])[], index: number): number {
  return Math.max(textWidth(title), ...rows.map((row) => textWidth(row[index] ?? '')))
}

/** The rows of the table that one row takes: the text goes on below itself. */
function brokenRow(row: readonly string[], last: number, width: number): readonly (readonly string[])[] {
  const [first = '', ...more] = wrapText(row[last] ?? '', { width }).split('\n')
  const blank = row.slice(0, last).map(() => '')
  return [[...row.slice(0, last), first], ...more.map((line) => [...blank, line])]
}
