import { createCauseList, decimal, ONE, QmtlError, sign, type CauseList, type Decimal } from '@qmtl/contracts'
import { securityClasses } from './security-classes.ts'
import { createSymbolTable, type SymbolProperties, type SymbolTable } from './symbol-table.ts'

const columns = [
  'market',
  'symbol',
  'class',
  'quote_currency',
  'contract_multiplier',
  'tick',
  'lot_size',
  'minimum_order_size',
  'price_magnifier',
] as const

const header = [...columns, 'description'].join(',')

/**
 * A table of symbols from CSV text (LF or CRLF, no quotes) with the header
 * `market,symbol,class,quote_currency,contract_multiplier,tick,lot_size,minimum_order_size,price_magnifier,description`. The
 * description is the rest of its line, commas included. A blank minimum is none, a blank magnifier 1. Throws `E_INVALID_DATA` with every
 * bad cell, its line and column.
 */
export function readSymbolTable(text: string, name = 'symbols'): SymbolTable {
  const [first = '', ...lines] = text.split(/\r?\n/)
  if (first !== header) {
    throw new QmtlError('E_INVALID_DATA', `${name}:1: '${first}' is not the header of a table of symbols`, {
      hint: `begin the file with ${header}`,
    })
  }
  const causes = createCauseList()
  const rows = lines.flatMap((line, index) => (line === '' ? [] : [readRow(line, `${name}:${index + 2}`, causes)]))
  causes.throwAll('E_INVALID_DATA')
  return createSymbolTable(rows)
}

function readRow(line: string, path: string, causes: CauseList): SymbolProperties {
  const cells = line.split(',')
  const cell = (column: (typeof columns)[number]): string => cells[columns.indexOf(column)] ?? ''
  const fault = (column: (typeof columns)[number], message: string): void =>
    causes.add({ path: `${path}:${column}`, message, value: cell(column) })
  const positive = (column: (typeof columns)[number], whenBlank?: Decimal): Decimal => {
    if (cell(column) === '' && whenBlank) return whenBlank
    const value = /^\d+(\.\d+)?([eE]-?\d+)?$/.test(cell(column)) ? decimal(cell(column)) : undefined
    if (value && sign(value) > 0) return value
    fault(column, `'${cell(column)}' is not a number above 0`)
    return ONE
  }
  const assetClass = securityClasses.find((known) => known === cell('class'))
  if (!assetClass) fault('class', `'${cell('class')}' is none of ${securityClasses.join(', ')}`)
  for (const column of ['market', 'symbol', 'quote_currency'] as const) {
    if (cell(column) === '') fault(column, 'is blank')
  }
  return {
    market: cell('market'),
    symbol: cell('symbol'),
    assetClass: assetClass ?? 'base',
    description: cells.slice(columns.length).join(','),
    quoteCurrency: cell('quote_currency'),
    multiplier: positive('contract_multiplier'),
    tickSize: positive('tick'),
    lotSize: positive('lot_size'),
    marketTicker: cell('symbol'),
    ...(cell('minimum_order_size') !== '' && { minimumOrderSize: positive('minimum_order_size') }),
    priceMagnifier: positive('price_magnifier', ONE),
    strikeMultiplier: ONE,
  }
}
