import { Decimal as DecimalJs } from 'decimal.js'
import Big from 'big.js'
import { decimal, decimalNumber, decimalText, dividedBy, minus, plus, quantizeDown, times } from '@qmtl/contracts'
import type { Bench, BenchResult } from './bench.ts'

const count = 20_000

/** One order's arithmetic: size by equity, cut to the lot, slip the price, charge the fee, move the cash. */
type Cycle = (price: string, cash: string) => { readonly text: string; readonly value: number }

const own: Cycle = (price, cash) => {
  const unit = times(decimal(price), decimal('1.001'))
  const quantity = quantizeDown(dividedBy(decimal(cash), unit), decimal('0.00001'))
  const value = times(quantity, unit)
  const rest = minus(decimal(cash), plus(value, times(value, decimal('0.002'))))
  return { text: decimalText(rest), value: decimalNumber(rest) }
}

DecimalJs.set({ precision: 34, rounding: DecimalJs.ROUND_HALF_EVEN })
const withDecimalJs: Cycle = (price, cash) => {
  const unit = new DecimalJs(price).times('1.001')
  const quantity = new DecimalJs(cash).div(unit).div('0.00001').trunc().times('0.00001')
  const value = quantity.times(unit)
  const rest = new DecimalJs(cash).minus(value.plus(value.times('0.002')))
  return { text: rest.toFixed(), value: rest.toNumber() }
}

Big.DP = 34
Big.RM = 2
const withBigJs: Cycle = (price, cash) => {
  const unit = new Big(price).times('1.001')
  const quantity = new Big(cash).div(unit).div('0.00001').round(0, 0).times('0.00001')
  const value = quantity.times(unit)
  const rest = new Big(cash).minus(value.plus(value.times('0.002')))
  return { text: rest.toFixed(), value: rest.toNumber() }
}

/** The ledger's arithmetic through three representations of exact decimals; all must give the same digits. */
export const decimalBench: Bench = {
  name: 'decimal',
  description:
    'arithmetic of one order (9 operations) with exact decimals: own, decimal.js, big.js, in cycles per second',
  run: async () => measureDecimals(),
}

function measureDecimals(): BenchResult {
  const rates: Record<string, number> = {}
  const candidates = { own, decimal_js: withDecimalJs, big_js: withBigJs }
  const texts = Object.values(candidates).map((cycle) => cycle('42137.55', '10000.123').text)
  for (const [name, cycle] of Object.entries(candidates))
    rates[`${name}_cycles_per_second`] = Math.round(medianRate(cycle))
  return { ...rates, same_digits: new Set(texts).size === 1 }
}

function medianRate(cycle: Cycle): number {
  const rates: number[] = []
  for (let round = 0; round < 9; round++) {
    const startedAt = performance.now()
    for (let index = 0; index < count; index++) cycle(`${40_000 + (index % 997)}.${10 + (index % 89)}`, '10000.123')
    rates.push((count / (performance.now() - startedAt)) * 1000)
  }
  return rates.toSorted((a, b) => a - b)[rates.length >> 1] ?? 0
}
