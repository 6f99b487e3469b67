import type { Style } from './style.ts'
import { wrapText } from './wrap-text.ts'

/** Labels and what they stand for, one under the other, values aligned and wrapped; empty values are left out. */
export function pairs(rows: readonly (readonly [label: string, value: string])[], style: Style): string {
  const shown = rows.filter(([, value]) => value !== '')
  const width = Math.max(0, ...shown.map(([label]) => label.length))
  return shown
    .map(([label, value]) => wrapText(value, { width: style.width, lead: `  ${style.dim(label.padEnd(width))}  ` }))
    .join('\n')
}
