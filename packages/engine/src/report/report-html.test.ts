import { decimal } from '@qmtl/contracts'
import { realityModels, type RealityModels } from '@qmtl/brokerage'
import { createSyntheticMarket, defineInstrument, fingerprintOf, sliceBars, type BarColumns } from '@qmtl/market'
import { beforeAll, describe, expect, test } from 'vitest'
import { backtestStrategy } from '../backtest/backtest-strategy.ts'
import { bars } from '../graph/bars.ts'
import { positionTarget } from '../graph/position-target.ts'
import { sma } from '../operators/averages/sma.ts'
import { crossover } from '../operators/pointwise/crossing.ts'
import { reportHtml } from './report-html.ts'
import type { ReportInput } from './report-input.ts'
import { isReportHtml } from './report-page.ts'
import { remarksOn, type RemarkKind } from './report-remarks.ts'

const instrument = defineInstrument('BTC-USD.SIM')
const hourMs = 3_600_000
let year: BarColumns

beforeAll(async () => {
  const market = createSyntheticMarket({ seed: 7 })
  const span = { fromMs: market.startMs, toMs: market.startMs + 200 * 24 * hourMs }
  year = await market.history({ instrument: instrument.id, intervalMs: hourMs, ...span }, {})
})

interface RunOptions {
  readonly name?: string
  readonly columns?: BarColumns
  readonly fast?: number
  readonly models?: RealityModels
}

function run({ name = 'cross', columns = year, fast = 10, models = realityModels({ feeBps: 5 }) }: RunOptions = {}) {
  const price = bars({ instrument: instrument.id, interval: '1h' })
  const signal = crossover(sma(price.close, fast), sma(price.close, 50))
  const target = positionTarget({ instrument: instrument.id, signal, long: 1, flat: 0 })
  const result = backtestStrategy([target], [columns], { instruments: [instrument], cash: decimal(10_000), models })
  const data = [{ instrument, columns, source: 'bars.csv', fingerprint: fingerprintOf(columns) }]
  return {
    strategy: { name, version: 'v1', file: 'cross.ts', params: { fast }, dagHash: 'd'.repeat(64) },
    ...{ data, result, createdAtMs: 0, release: '0.1.0' },
  } satisfies ReportInput
}

describe('a report', () => {
  test('is the same bytes for the same run', () => {
    expect(reportHtml(run())).toBe(reportHtml(run()))
  })

  test('is known as a report by its first characters', () => {
    expect(isReportHtml(reportHtml(run()).slice(0, 512))).toBe(true)
    expect(isReportHtml('<!doctype html>\n<html lang="en">')).toBe(false)
  })

  test('names no address, loads nothing and forbids the browser to', () => {
    const page = reportHtml(run())
    expect(page).not.toMatch(/https?:\/\/|\b(src|href)="(?!#)|url\(|@import/)
    expect(page).toContain('content="default-src &#39;none&#39;')
  })

  test('shows what is put into it as text, never as markup', () => {
    const page = reportHtml(run({ name: `<img src=x onerror="alert('1')">&` }))
    expect(page).not.toContain('<img')
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;')
  })

  test.each([
    ['equity and drawdown', 'Equity and drawdown'],
    ['trades on the price', 'Price and trades'],
    ['months', 'Monthly returns'],
    ['the distribution of returns', 'Distribution of daily returns'],
    ['rolling Sharpe ratios', 'Rolling Sharpe ratio'],
    ['exposure', 'Exposure'],
    ['instruments', 'By instrument'],
  ])('has a section on %s', (_, title) => {
    expect(reportHtml(run())).toMatch(new RegExp(`<h2>${title}`))
  })

  test('says what made it: fingerprints, code hashes and models', () => {
    const input = run()
    const page = reportHtml(input)
    for (const text of [input.result.fingerprint, input.data[0]!.fingerprint, ...input.result.codeHashes]) {
      expect(page).toContain(text)
    }
    expect(page).toContain('percent(5 bps)')
  })

  test('has every figure, with its formula', () => {
    const input = run()
    const page = reportHtml(input)
    const formulas = Object.values(input.result.statistics).map(({ formula }) => formula)
    expect(formulas.length).toBeGreaterThan(40)
    expect(formulas.filter((formula) => !page.includes(formula))).toEqual([])
  })

  test('stays under 2 MB whatever the number of trades', () => {
    expect(reportHtml(run({ fast: 2 })).length).toBeLessThan(2_000_000)
  })

  test('is a page for a run without any trade too', () => {
    expect(isReportHtml(reportHtml(run({ columns: sliceBars(year, 0, 3) })))).toBe(true)
  })
})

describe('a remark', () => {
  test.each<[string, RemarkKind, RunOptions & { readonly length?: number }]>([
    ['few days', 'few-days', { length: 400 }],
    ['equity that never moves', 'flat-equity', { length: 3 }],
    ['fills at the close', 'fills-at-close', { models: realityModels({ fill: 'close' }) }],
    ['costs that eat what the strategy earns', 'costs-dominate', { fast: 2, models: realityModels({ feeBps: 100 }) }],
  ])('warns of %s', (_, kind, { length = year.length, ...options }) => {
    const { result, data } = run({ ...options, columns: sliceBars(year, 0, length) })
    expect(remarksOn(result, data).map((remark) => remark.kind)).toContain(kind)
  })

  test('says what to do about it, warnings first', () => {
    const { result, data } = run({ columns: sliceBars(year, 0, 400), models: realityModels({ fill: 'close' }) })
    const remarks = remarksOn(result, data)
    expect(remarks.every(({ remedy }) => remedy.length > 10)).toBe(true)
    const weights = remarks.map(({ weight }) => weight)
    expect(weights).toEqual(weights.toSorted((a, b) => (a === b ? 0 : a === 'warning' ? -1 : 1)))
  })
})
