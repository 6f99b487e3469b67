import { decimal, negate, parseInstant, QmtlError, type Fill } from '@qmtl/contracts'
import type { Instrument } from '@qmtl/market'
import type { LedgerFill } from './book.ts'

/**
 * The ledger's form of a recorded fill: the one way from the wire into a book. Throws `E_INVALID_DATA` for a fill of
 * another instrument and for a fee that is not in the quote currency.
 */
export function ledgerFillOf(fill: Fill, instrument: Instrument): LedgerFill {
  if (fill.instrument !== instrument.id) {
    throw new QmtlError('E_INVALID_DATA', `fill ${fill.fill_id} is of ${fill.instrument}, not of ${instrument.id}`)
  }
  if (fill.fee_currency !== instrument.quoteCurrency) {
    const message = `fill ${fill.fill_id} has a fee in ${fill.fee_currency}; the book keeps ${instrument.quoteCurrency}`
    throw new QmtlError('E_INVALID_DATA', message)
  }
  const quantity = decimal(fill.quantity)
  return {
    instrument: instrument.id,
    quantity: fill.side === 'buy' ? quantity : negate(quantity),
    price: decimal(fill.price),
    multiplier: instrument.multiplier,
    fee: decimal(fill.fee),
    tsMs: parseInstant(fill.filled_at),
  }
}
