import type { AuditEntry } from '@qmtl/contracts'
import { count } from '../output/numbers.ts'
import type { NameOf } from '../client/strategy-names.ts'
import type { Style } from '../output/style.ts'
import { textWidth, wrapText } from '../output/wrap-text.ts'

const seqWidth = 6
const longestValue = 60

/** Audit entries, oldest first, and how many older ones there are. */
export function auditText(
  entries: readonly AuditEntry[],
  { older, nameOf }: { readonly older: number; readonly nameOf: NameOf },
  style: Style,
): string {
  if (entries.length === 0) return 'no entry'
  const lines = entries.map((entry) => auditLine(entry, nameOf, style))
  return older === 0
    ? lines.join('\n')
    : [style.dim(`  ${count(older)} older: --limit, or --after 0`), ...lines].join('\n')
}

/**
 * One entry: number, second (UTC), event, who, and what is in it, strategies by their names; broken below itself where it is
 * long.
 */
export function auditLine({ seq, ts, event, actor, data }: AuditEntry, nameOf: NameOf, style: Style): string {
  const time = ts.slice(0, 19).replace('T', ' ')
  const lead = `${String(seq).padStart(seqWidth)}  ${style.dim(time)}  `
  const facts = Object.entries(data).flatMap(([name, value]) => {
    const text = valueText(value, nameOf)
    return text === '' ? [] : [`${name}=${text}`]
  })
  const text = [style.bold(event), `by ${actor}`, ...facts].join(' ')
  const indent = ' '.repeat(textWidth(lead))
  const [first = '', ...more] = wrapText(text, { width: style.width - indent.length }).split('\n')
  return [`${lead}${first}`, ...more.map((line) => `${indent}${line}`)].join('\n')
}

function valueText(value: unknown, nameOf: NameOf): string {
  const text = isTextList(value)
    ? value.map(nameOf).join(',')
    : typeof value === 'string'
      ? nameOf(value)
      : JSON.stringify(value)
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
