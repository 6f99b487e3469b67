import { decimal, decimalNumber } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { barColumnsOf, defineInstrument, type BarColumns } from '@qmtl/market'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plannerRules } from '../planner/planner-rules.ts'
import { simulate } from './simulate.ts'

const hourMs = 3_600_000
/** One threshold for new and unfinished plans: which of the two applies can hang on a single lot. */
const leastDelta = decimal('0.005')
const instruments = [
  defineInstrument('A.SIM'),
  defineInstrument('B.SIM', { multiplier: decimal(5) }),
  defineInstrument('C.SIM'),
]
const multipliers = instruments.map(({ multiplier }) => decimalNumber(multiplier))

/** One bar of one instrument and its target at the close; an absent bar leaves price and target as they are. */
interface Row {
  readonly open: number
  readonly close: number
  readonly target: number
}
type Step = readonly (Row | undefined)[]

interface Costs {
  readonly fee: number
  readonly slippage: number
  readonly leverage: number
}

/**
 * The definition of a backtest, in doubles and without lots: at each open the waiting orders, closing ones first, in the order of the targets; at each
 * close the value, then what a changed target or an unfinished plan asks for.
 */
function naiveEquity(steps: readonly Step[], { fee, slippage, leverage }: Costs): number[] {
  let cash = 10_000
  let isRuined = false
  const held = instruments.map(() => 0)
  const price = instruments.map(() => Number.NaN)
  const plans = instruments.map(() => ({ target: Number.NaN, wanted: Number.NaN }))
  let waiting: { at: number; quantity: number; closes: boolean }[] = []
  const value = (at: number) => (held[at] === 0 ? 0 : held[at]! * price[at]! * multipliers[at]!)
  const equity = () => instruments.reduce((sum, _, at) => sum + value(at), cash)
  const fill = (at: number, quantity: number) => {
    const paid = Math.abs(quantity) * price[at]! * multipliers[at]! * (1 + Math.sign(quantity) * slippage)
    cash -= Math.sign(quantity) * paid + paid * fee
    held[at]! += quantity
    if (Math.abs(held[at]!) < 1e-9) held[at] = 0
  }
  const affordable = (at: number, quantity: number) => {
    const taken = instruments.reduce((sum, _, each) => sum + Math.abs(value(each)), 0)
    const unit = price[at]! * multipliers[at]! * (1 + Math.sign(quantity) * slippage) * (1 + fee * leverage)
    const size = Math.max(0, equity() * leverage - taken) / unit
    return Math.sign(quantity) * Math.min(Math.abs(quantity), size)
  }
  return steps.map((step) => {
    step.forEach((row, at) => (price[at] = row?.open ?? price[at]!))
    const due = waiting.filter(({ at }) => step[at]).sort((a, b) => a.at - b.at)
    waiting = waiting.filter(({ at }) => !step[at])
    for (const { at, quantity } of due.filter(({ closes }) => closes)) fill(at, quantity)
    for (const { at, quantity } of due.filter(({ closes }) => !closes)) fill(at, affordable(at, quantity))
    step.forEach((row, at) => (price[at] = row?.close ?? price[at]!))
    const total = equity()
    isRuined ||= total <= 0
    step.forEach((row, at) => {
      const plan = plans[at]!
      const target = isRuined ? 0 : (row?.target ?? plan.target)
      if (Number.isNaN(target) || Number.isNaN(price[at]!) || waiting.some((order) => order.at === at)) return
      const isMet = Math.abs(held[at]! - plan.wanted) < 1e-7
      if (target === plan.target && isMet) return
      const unit = price[at]! * multipliers[at]!
      const wanted = (Math.max(0, total) * target * 0.9975) / (unit * (1 + fee + slippage))
      const isLarge = target === 0 || Math.abs(wanted - held[at]!) * unit >= total * 0.005
      plans[at] = { target, wanted: isLarge ? wanted : held[at]! }
      if (!isLarge || wanted === held[at]) return
      const closing =
        Math.sign(wanted) === -Math.sign(held[at]!)
          ? -held[at]!
          : Math.abs(wanted) < Math.abs(held[at]!)
            ? wanted - held[at]!
            : 0
      if (closing !== 0) waiting.push({ at, quantity: closing, closes: true })
      const opening = wanted - held[at]! - closing
      if (Math.abs(opening) > 1e-12) waiting.push({ at, quantity: opening, closes: false })
    })
    return total
  })
}

function columnsOf(steps: readonly Step[], at: number): { bars: BarColumns; targets: number[] } {
  const rows = steps.flatMap((step, index) => {
    const row = step[at]
    return row ? [{ ...row, openTimeMs: index * hourMs }] : []
  })
  const bars = rows.map(({ openTimeMs, open, close }) => {
    return { openTimeMs, open, close, high: Math.max(open, close), low: Math.min(open, close), volume: 1 }
  })
  const source = { instrument: instruments[at]!.id, intervalMs: hourMs }
  return { bars: barColumnsOf(source, bars), targets: rows.map(({ target }) => target) }
}

test('longs and shorts of several instruments with holes give the curve of the definition', () => {
  const row = fc.record({
    open: fc.integer({ min: 8500, max: 11_500 }).map((cents) => cents / 100),
    close: fc.integer({ min: 8500, max: 11_500 }).map((cents) => cents / 100),
    target: fc.constantFrom(0, 0, 0.3, 0.3, 0.45, -0.2, -0.4, 0.9),
  })
  const anyStep = fc.tuple(
    fc.option(row, { nil: undefined, freq: 8 }),
    row,
    fc.option(row, { nil: undefined, freq: 8 }),
  )
  const anyCosts = fc.record({
    fee: fc.constantFrom(0, 0.0005, 0.002),
    slippage: fc.constantFrom(0, 0.0003, 0.001),
    leverage: fc.constantFrom(1, 2),
  })
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 2, maxLength: 40, size: 'max' }), anyCosts, (steps, costs) => {
      const lanes = instruments.map((_, at) => columnsOf(steps, at)).filter(({ bars }) => bars.length > 0)
      const { fee, slippage, leverage } = costs
      const models = realityModels({
        feeBps: (fee * 1e4).toFixed(2),
        slippageBps: (slippage * 1e4).toFixed(2),
        leverage,
      })
      const seen = simulate({
        targets: lanes.map(({ bars, targets }) => ({
          instrument: bars.instrument,
          closeTimesMs: bars.openTimeMs.map((openMs) => openMs + hourMs),
          targets: Float64Array.from(targets),
        })),
        bars: lanes.map(({ bars }) => bars),
        instruments,
        cash: decimal(10_000),
        models,
        rules: plannerRules(models, { minimumOrderFraction: leastDelta, mendFraction: leastDelta }),
      })
      naiveEquity(steps, costs).forEach((value, index) =>
        expect(Math.abs(seen.equity[index]! - value)).toBeLessThan(0.01),
      )
    }),
    { numRuns: 200 },
  )
})
