import { QmtlError, type ErrorCause } from '@qmtl/contracts'
import { readDay } from '../calendars/civil-date.ts'
import { numberOf } from '../csv/bar-row.ts'
import { plainNumber } from '../csv/bar-text.ts'

/** What a company does that changes the price of its shares without a trade. */
export interface CorporateAction {
  /** First date, `YYYY-MM-DD` on the exchange's clock, on which the share trades without the right: at its new price. */
  readonly exDate: string
  readonly kind: 'split' | 'dividend'
  /** Of a split: new shares for one old one, 0.1 for a merger of ten. Of a dividend: quote currency for a share as it is before. */
  readonly value: number
}

const header = 'ex_date,kind,value'

/**
 * Reads corporate actions: a line `ex_date,kind,value`, then a line each, ascending; `kind` is `split` or `dividend`. Throws
 * `E_INVALID_DATA` with up to 50 causes (line, column, value, rule).
 */
export function parseActions(text: string, file: string): readonly CorporateAction[] {
  const [names = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (names.trim() !== header) {
    throw new QmtlError('E_INVALID_DATA', `${file} line 1: '${names}' is not ${header}`, {
      hint: `begin the file of corporate actions with the line ${header}`,
    })
  }
  const causes: ErrorCause[] = []
  const actions: CorporateAction[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const place = { file, line: index + 2 }
    const cells = line.split(',').map((cell) => cell.trim())
    const found = [...cellFaults(cells, place), ...orderFaults(cells, actions.at(-1), place)]
    causes.push(...found)
    const [exDate = '', kind, value = ''] = cells
    if (found.length === 0) {
      actions.push({ exDate, kind: kind === 'split' ? 'split' : 'dividend', value: numberOf(value) })
    }
  }
  const [first] = causes
  if (first === undefined) return actions
  throw new QmtlError('E_INVALID_DATA', `${file}: ${first.message}`, {
    errors: causes.slice(0, 50),
    hint: 'correct the lines named; nothing was stored',
  })
}

/** Actions as `parseActions` reads them. */
export function actionsAsText(actions: readonly CorporateAction[]): string {
  return [header, ...actions.map(({ exDate, kind, value }) => `${exDate},${kind},${plainNumber(value)}`), ''].join('\n')
}

interface Place {
  readonly file: string
  readonly line: number
}

function cellFaults(cells: readonly string[], place: Place): readonly ErrorCause[] {
  const [exDate = '', kind = '', value = ''] = cells
  if (cells.length !== 3) return [fault(place, 1, `${cells.length} cells, not 3`)]
  const amount = numberOf(value)
  return [
    ...(readDay(exDate) === undefined ? [fault(place, 1, `'${exDate}' is not a date like 2024-01-31`)] : []),
    ...(kind === 'split' || kind === 'dividend' ? [] : [fault(place, 2, `'${kind}' is neither split nor dividend`)]),
    ...(amount > 0 && amount < Infinity ? [] : [fault(place, 3, `'${value}' is not a number above zero`)]),
  ]
}

function orderFaults(cells: readonly string[], last: CorporateAction | undefined, place: Place): readonly ErrorCause[] {
  const [exDate = '', kind] = cells
  if (last === undefined || exDate > last.exDate || (exDate === last.exDate && kind !== last.kind)) return []
  return [
    fault(
      place,
      1,
      `${exDate} ${exDate === last.exDate ? `has two of kind ${last.kind}` : `stands after ${last.exDate}`}`,
    ),
  ]
}

function fault({ file, line }: Place, column: number, message: string): ErrorCause {
  return { path: `${file}:${line}:${column}`, message: `line ${line}, column ${column}: ${message}` }
}
