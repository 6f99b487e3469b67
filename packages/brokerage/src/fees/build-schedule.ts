import { compare, decimal, decimalText, ONE, QmtlError, ZERO, type Decimal } from '@qmtl/contracts'
import type { FeeCurrency, FeeRow, FeeSchedule, FeeTable, MakerTakerFee, PerUnitFee } from './fee-schedule.ts'

/** Rates of orders that rest in the book and that trade at once, as fractions from 0 to 1, text or number. */
export interface MakerTakerRates {
  readonly maker: string | number
  readonly taker: string | number
}

/** A buy pays in the coins it receives, a sell in quote currency at its limit or else the bid. */
export const spotCrypto: MakerTakerFee['pays'] = { buy: 'base', sell: 'limit-or-bid' }

/** Nothing, in US dollars. */
export const zeroUsd: FeeSchedule = { kind: 'constant', amount: ZERO, currency: 'USD' }

/** A maker-taker fee. Throws `E_INVALID_PARAMETER` for a rate below 0 or above 1: a fee is never a rebate. */
export function makerTaker(rates: MakerTakerRates, pays: MakerTakerFee['pays']): MakerTakerFee {
  return { kind: 'maker-taker', maker: fraction(rates.maker, 'maker'), taker: fraction(rates.taker, 'taker'), pays }
}

/** So much per share or contract, the charges summed. */
export function perUnit(currency: FeeCurrency, ...charges: readonly (string | number)[]): PerUnitFee {
  return { kind: 'per-unit', charges: charges.map((charge) => decimal(charge)), currency }
}

/** A table of rows, by a name with the date at which it was true. */
export function feeTable(name: string, rows: readonly FeeRow[]): FeeTable {
  return { kind: 'first-of', name, rows }
}

function fraction(value: string | number, path: string): Decimal {
  const rate = decimal(value)
  if (compare(rate, ZERO) >= 0 && compare(rate, ONE) <= 0) return rate
  throw new QmtlError('E_INVALID_PARAMETER', `${path} rate must be from 0 to 1, seen ${decimalText(rate)}`, {
    errors: [{ path, message: 'must be from 0 to 1', value: decimalText(rate) }],
    hint: 'write a rate as a fraction: 0.001 is 0.1 percent',
  })
}
