import { decimal } from '@qmtl/contracts'
import fc from 'fast-check'
import type { LedgerFill } from '../ledger/book.ts'

const multipliers: Readonly<Record<string, string>> = { 'BTC-USD.SIM': '1', 'ES.CME': '50', 'MICRO.SIM': '0.1' }

const lots = fc.integer({ min: -5000, max: 5000 }).filter((value) => value !== 0)

/** One fill of a few instruments, with quantities in thousandths, prices in cents and fees (rebates too) in 10^-6. */
const anyFill: fc.Arbitrary<LedgerFill> = fc
  .record({
    instrument: fc.constantFrom(...Object.keys(multipliers)),
    quantity: lots,
    price: fc.integer({ min: 1, max: 10_000_000 }),
    fee: fc.integer({ min: -1_000_000, max: 10_000_000 }),
    tsMs: fc.integer({ min: 0, max: 1_000_000 }),
  })
  .map(({ instrument, quantity, price, fee, tsMs }) => ({
    instrument,
    quantity: decimal(`${quantity}e-3`),
    price: decimal(`${price}e-2`),
    multiplier: decimal(multipliers[instrument] ?? '1'),
    fee: decimal(`${fee}e-6`),
    tsMs,
  }))

/** Fills that open, increase, reduce, close and flip positions of several instruments. */
export const anyFills: fc.Arbitrary<LedgerFill[]> = fc.array(anyFill, { maxLength: 40 })
