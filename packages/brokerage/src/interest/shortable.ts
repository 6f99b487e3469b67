import { compare, decimal, decimalText, negate, plus, QmtlError, sign, times, ZERO } from '@qmtl/contracts'
import type { Decimal } from '@qmtl/contracts'
import { formatDay, type CivilDay } from '@qmtl/market'
import type { OrderState } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import type { ShortableModel, ShortableRow } from './interest-model.ts'

/** A sell and what else would move the position. */
export interface ShortSale {
  readonly order: OrderState
  /** Signed. */
  readonly positionQuantity: Decimal
  /** Sum of the signed remaining quantities of the other open orders of the instrument. */
  readonly openQuantity: Decimal
}

/** Without a row any quantity may be borrowed, at no cost. */
export const unlimitedShortable: ShortableRow = { quantity: null, feeRate: ZERO, rebateRate: ZERO }

const onePercent = decimal('0.01')

/** Short availability of an instrument on a local date of its exchange. A date without a row of its own takes nothing from others. */
export function shortableOn(model: ShortableModel, instrument: string, day: CivilDay): ShortableRow {
  if (model.kind === 'unlimited') return unlimitedShortable
  const key = model.kind === 'static' ? instrument : `${instrument} ${formatDay(day)}`
  return model.rows.get(key) ?? unlimitedShortable
}

/**
 * Refuses a sell beyond what can be borrowed: allowed if position + open > −available and position − |q| + open ≥ −available.
 * Nothing is exempt; a sell that only reduces a long position passes by this arithmetic. Buys pass.
 */
export function judgeShort(row: ShortableRow, sale: ShortSale): Refusal | undefined {
  const { terms } = sale.order
  if (row.quantity === null || sign(terms.quantity) >= 0) return undefined
  const floor = negate(row.quantity)
  const before = plus(sale.positionQuantity, sale.openQuantity)
  const after = plus(before, terms.quantity)
  if (compare(before, floor) > 0 && compare(after, floor) >= 0) return undefined
  const [limit, seen] = [decimalText(row.quantity), decimalText(negate(after))]
  const message = `order ${terms.id} would make a short position of ${seen} ${terms.instrument}, but ${limit} can be borrowed`
  return { code: 'exceedsShortableQuantity', limit, seen, message }
}

/**
 * A table of one instrument from CSV text (LF or CRLF): `date,quantity[,fee_rate,rebate_rate]` with a header, dates `YYYY-MM-DD`,
 * rates in percent per year, blank cells unlimited or zero. Throws `E_INVALID_DATA` with the first bad line.
 */
export function readShortableRows(text: string, instrument: string): ReadonlyMap<string, ShortableRow> {
  const [header = '', ...lines] = text.split(/\r?\n/)
  const names = header.split(',')
  if (names[0] !== 'date' || names[1] !== 'quantity') {
    throw new QmtlError('E_INVALID_DATA', `line 1: '${header}' is no header of short availability`, {
      hint: 'begin the file with date,quantity and, where known, fee_rate,rebate_rate',
    })
  }
  const filled = lines.map((line, index) => ({ line, number: index + 2 })).filter(({ line }) => line !== '')
  return new Map(
    filled.map(({ line, number }) => {
      const cell = (name: string): string => line.split(',')[names.indexOf(name)] ?? ''
      if (!/^\d{4}-\d{2}-\d{2}$/.test(cell('date'))) {
        throw new QmtlError('E_INVALID_DATA', `line ${number}: '${cell('date')}' is not a date YYYY-MM-DD`)
      }
      const row = {
        quantity: cell('quantity') === '' ? null : decimal(cell('quantity')),
        feeRate: fromPercent(cell('fee_rate')),
        rebateRate: fromPercent(cell('rebate_rate')),
      }
      return [`${instrument} ${cell('date')}`, row]
    }),
  )
}

function fromPercent(cell: string): Decimal {
  return cell === '' ? ZERO : times(decimal(cell), onePercent)
}
