import { decimal, decimalText, ZERO, type Decimal } from '@qmtl/contracts'
import { loadCalendar, parseDay } from '@qmtl/market'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { tradingHoursOf } from '../hours/trading-hours-of.ts'
import { marketAt, orderOf, pairNamed, securityNamed } from '../testing/broker-scene.ts'
import { accrue, type Accrual } from './accrue.ts'
import { accrueCash, cashInterest, type CashRates } from './cash-interest.ts'
import type { InterestClock } from './interest-model.ts'
import { judgeShort, readShortableRows, shortableOn, unlimitedShortable } from './shortable.ts'

const at = (text: string): number => Date.parse(`${text}:00Z`)
const newYork = tradingHoursOf(await loadCalendar('XNYS'))
const stock = securityNamed('BAC', 'usa', 'equity')
const rates = { quantity: null, feeRate: decimal('0.036'), rebateRate: decimal('0.018') }

interface Call {
  readonly at: string
  readonly held: number
  readonly price?: number
  readonly shortable?: typeof rates
}

/** What each call in turn moves: `-1 USD`, or nothing. */
function borrowOf(calls: readonly Call[]): readonly string[] {
  let clock: InterestClock | undefined
  return calls.map(({ at: time, held, price = 100, shortable = rates }) => {
    const step: Accrual = accrue(
      { kind: 'short-interest' },
      {
        ...(held !== 0 && { position: { quantity: decimal(held) } }),
        security: stock,
        market: marketAt(price, { hours: newYork }),
        shortable,
        nowMs: at(time),
        ...(clock && { clock }),
      },
    )
    clock = step.clock
    return step.movements.map(({ amount, currency }) => `${decimalText(amount)} ${currency}`).join()
  })
}

const free = { ...rates, feeRate: ZERO, rebateRate: ZERO }

for (const [what, calls, moved] of [
  ['the first call of a short starts the clock', [{ at: '2024-07-15T15:00', held: -100 }], ['']],
  [
    'a short pays its fee once on the next date',
    [
      { at: '2024-07-15T15:00', held: -100 },
      { at: '2024-07-16T15:00', held: -100 },
      { at: '2024-07-16T16:00', held: -100 },
    ],
    ['', '-1 USD', ''],
  ],
  [
    'a weekend is three days',
    [
      { at: '2024-07-12T15:00', held: -100 },
      { at: '2024-07-15T15:00', held: -100 },
    ],
    ['', '-3 USD'],
  ],
  [
    'the current value counts',
    [
      { at: '2024-07-15T15:00', held: -100 },
      { at: '2024-07-16T15:00', held: -50, price: 400 },
    ],
    ['', '-2 USD'],
  ],
  [
    'a long receives its rebate',
    [
      { at: '2024-07-15T15:00', held: 100 },
      { at: '2024-07-16T15:00', held: 100 },
    ],
    ['', '0.5 USD'],
  ],
  [
    'dates are those of the exchange',
    [
      { at: '2024-07-15T15:00', held: -100 },
      { at: '2024-07-16T03:59', held: -100 },
      { at: '2024-07-16T04:00', held: -100 },
    ],
    ['', '', '-1 USD'],
  ],
  [
    'a flat call stops the clock and the next position only starts it again',
    [
      { at: '2024-07-15T15:00', held: -100 },
      { at: '2024-07-16T15:00', held: 0 },
      { at: '2024-07-17T15:00', held: -100 },
      { at: '2024-07-18T15:00', held: -100 },
    ],
    ['', '', '', '-1 USD'],
  ],
  [
    'so does a rate of zero on a later date',
    [
      { at: '2024-07-15T15:00', held: -100 },
      { at: '2024-07-16T15:00', held: -100, shortable: free },
      { at: '2024-07-17T15:00', held: -100 },
      { at: '2024-07-18T15:00', held: -100 },
    ],
    ['', '', '', '-1 USD'],
  ],
  [
    'a rate of zero on the same date does not',
    [
      { at: '2024-07-15T15:00', held: -100 },
      { at: '2024-07-15T16:00', held: -100, shortable: free },
      { at: '2024-07-16T15:00', held: -100 },
    ],
    ['', '', '-1 USD'],
  ],
  [
    'a flip restarts the clock without a charge',
    [
      { at: '2024-07-15T15:00', held: -100 },
      { at: '2024-07-16T15:00', held: 100 },
      { at: '2024-07-17T15:00', held: 100 },
    ],
    ['', '', '0.5 USD'],
  ],
] as const) {
  test(what, () => expect(borrowOf(calls)).toEqual(moved))
}

const perpetual = pairNamed('BTC', 'USDT', 'binance', { assetClass: 'cryptoFuture', isPerpetual: true })
const coinMargined = pairNamed('BTC', 'USD', 'binance', {
  assetClass: 'cryptoFuture',
  isPerpetual: true,
  isCoinMargined: true,
  multiplier: decimal(100),
})

interface FundingCall {
  readonly at: string
  readonly held: number
  readonly rate?: string
  readonly price?: number
}

function fundingOf(calls: readonly FundingCall[], security = perpetual): readonly string[] {
  let clock: InterestClock | undefined
  return calls.map(({ at: time, held, rate, price = 20_000 }) => {
    const step: Accrual = accrue(
      { kind: 'perpetual-funding' },
      {
        ...(held !== 0 && { position: { quantity: decimal(held) } }),
        security,
        market: marketAt(price),
        shortable: unlimitedShortable,
        nowMs: at(time),
        ...(rate !== undefined && { fundingRate: decimal(rate) }),
        ...(clock && { clock }),
      },
    )
    clock = step.clock
    return step.movements.map(({ amount, currency }) => `${decimalText(amount)} ${currency}`).join()
  })
}

for (const [what, calls, moved] of [
  [
    'opening sets the next window, at which a long pays a positive rate',
    [
      { at: '2022-12-13T07:59', held: 2, rate: '0.0001' },
      { at: '2022-12-13T08:00', held: 2, rate: '0.0001' },
      { at: '2022-12-13T08:01', held: 2, rate: '0.0001' },
    ],
    ['', '-4 USDT', ''],
  ],
  [
    'a position opened at a window is first due at the next',
    [
      { at: '2022-12-13T08:00', held: 2, rate: '0.0001' },
      { at: '2022-12-13T08:00', held: 2, rate: '0.0001' },
      { at: '2022-12-13T16:00', held: 2, rate: '0.0001' },
    ],
    ['', '', '-4 USDT'],
  ],
  [
    'a short receives a positive rate',
    [
      { at: '2022-12-13T01:00', held: -2, rate: '0.0001' },
      { at: '2022-12-13T08:00', held: -2, rate: '0.0001' },
    ],
    ['', '4 USDT'],
  ],
  [
    'missed windows are all charged at the current price and rate',
    [
      { at: '2022-12-13T01:00', held: 1, rate: '0.0005' },
      { at: '2022-12-14T01:00', held: 1, rate: '0.0001', price: 10_000 },
      { at: '2022-12-14T08:00', held: 1, rate: '0.0001', price: 10_000 },
    ],
    ['', '-3 USDT', '-1 USDT'],
  ],
  [
    'without a rate the window stays due',
    [
      { at: '2022-12-13T01:00', held: 1 },
      { at: '2022-12-13T08:00', held: 1 },
      { at: '2022-12-13T15:00', held: 1, rate: '0.0001' },
    ],
    ['', '', '-2 USDT'],
  ],
  [
    'without a price the window stays due',
    [
      { at: '2022-12-13T01:00', held: 1, rate: '0.0001' },
      { at: '2022-12-13T08:00', held: 1, rate: '0.0001', price: 0 },
      { at: '2022-12-13T09:00', held: 1, rate: '0.0001' },
    ],
    ['', '', '-2 USDT'],
  ],
  [
    'a flat call clears the window',
    [
      { at: '2022-12-13T01:00', held: 1, rate: '0.0001' },
      { at: '2022-12-13T08:00', held: 0, rate: '0.0001' },
      { at: '2022-12-13T09:00', held: 1, rate: '0.0001' },
      { at: '2022-12-13T16:00', held: 1, rate: '0.0001' },
    ],
    ['', '', '', '-2 USDT'],
  ],
] as const) {
  test(`funding: ${what}`, () => expect(fundingOf(calls)).toEqual(moved))
}

const twoWindows = [
  { at: '2022-12-13T07:59', held: 2, rate: '0.0001' },
  { at: '2022-12-13T08:00', held: 2, rate: '0.0001' },
] as const

test('a coin-margined contract is funded in its coin', () => {
  expect(fundingOf(twoWindows, coinMargined)).toEqual(['', '-0.000001 BTC'])
})

test('a contract that expires pays no funding', () => {
  expect(fundingOf(twoWindows, { ...perpetual, isPerpetual: false })).toEqual(['', ''])
})

test('without a model of interest nothing moves', () => {
  const input = { security: stock, market: marketAt(1), shortable: rates, nowMs: 0 }
  expect(accrue({ kind: 'none' }, { ...input, position: { quantity: decimal(-1) } })).toEqual({ movements: [] })
})

const tiers: CashRates = {
  cash: [{ upTo: decimal(10_000), rate: ZERO }, { rate: decimal('0.036') }],
  borrow: [{ upTo: decimal(100_000), rate: decimal('0.072') }, { rate: decimal('0.036') }],
  daysOfYear: 360,
}

for (const [balance, days, interest] of [
  ['0', 1, '0'],
  ['10000', 1, '0'],
  ['20000', 1, '1'],
  ['20000', 3, '3'],
  ['-50000', 1, '-10'],
  ['-150000', 1, '-25'],
] as const) {
  test(`${days} days of ${balance} bring ${interest}`, () => {
    expect(decimalText(cashInterest(decimal(balance), tiers, days))).toBe(interest)
  })
}

test('cash bears interest once per date, each currency by its own rates, over all days since the last time', () => {
  const balances = new Map([
    ['USD', decimal(20_000)],
    ['EUR', decimal(-50_000)],
    ['GBP', decimal(5_000)],
    ['JPY', decimal(9)],
  ])
  const rates = new Map(['USD', 'EUR', 'GBP'].map((currency) => [currency, tiers]))
  const accrued = (time: string, paidDay?: number) =>
    accrueCash({ balances, rates, nowMs: at(time), ...(paidDay !== undefined && { paidDay }) })
  const first = accrued('2024-07-15T12:00')
  expect(first.movements).toEqual([])
  expect(accrued('2024-07-15T23:59', first.paidDay)).toEqual(first)
  const next = accrued('2024-07-18T00:00', first.paidDay)
  expect(next.movements.map(({ amount, currency }) => `${decimalText(amount)} ${currency}`)).toEqual([
    '3 USD',
    '-30 EUR',
  ])
  expect(next.movements[0]?.reason).toBe('cash-interest')
  expect(accrued('2024-07-18T12:00', next.paidDay).movements).toEqual([])
})

const open = (available: Decimal | null) => ({ ...unlimitedShortable, quantity: available })

for (const [what, available, held, others, quantity, isAllowed] of [
  ['unlimited', null, 0, 0, -1_000_000, true],
  ['exactly what is available', decimal(500), 0, 0, -500, true],
  ['one more', decimal(500), 0, 0, -501, false],
  ['on top of a short position', decimal(500), -400, 0, -100, true],
  ['beyond it', decimal(500), -400, 0, -101, false],
  ['when all is short already', decimal(500), -500, 0, -1, false],
  ['with open sells', decimal(500), 0, -400, -101, false],
  ['with open buys', decimal(500), 0, 100, -600, true],
  ['reducing a long position', decimal(0), 100, 0, -100, true],
  ['flipping a long position with nothing to borrow', decimal(0), 100, 0, -101, false],
  ['a buy', decimal(0), 0, 0, 100, true],
] as const) {
  test(`short sale, ${what}: ${quantity} with ${held} held and ${others} open is ${isAllowed ? 'taken' : 'refused'}`, () => {
    const sale = { order: orderOf('market', quantity), positionQuantity: decimal(held), openQuantity: decimal(others) }
    const refusal = judgeShort(open(available), sale)
    expect(refusal?.code).toBe(isAllowed ? undefined : 'exceedsShortableQuantity')
  })
}

test('a refused short sale names the limit and what it saw', () => {
  const sale = { order: orderOf('market', -501), positionQuantity: ZERO, openQuantity: ZERO }
  expect(judgeShort(open(decimal(500)), sale)).toEqual({
    code: 'exceedsShortableQuantity',
    limit: '500',
    seen: '501',
    message: 'order order-1 would make a short position of 501 TEST.TEST, but 500 can be borrowed',
  })
})

const csv = 'date,quantity,fee_rate,rebate_rate\n2024-07-15,500,0.25,0.1\n2024-07-16,,,\n'

test('a table gives the row of the date alone, its rates from percent', () => {
  const model = { kind: 'table', rows: readShortableRows(csv, 'BAC.USA') } as const
  const on = (date: string, id = 'BAC.USA') => shortableOn(model, id, parseDay(date))
  expect(decimalText(on('2024-07-15').quantity ?? ZERO)).toBe('500')
  expect(decimalText(on('2024-07-15').feeRate)).toBe('0.0025')
  expect(decimalText(on('2024-07-15').rebateRate)).toBe('0.001')
  expect(on('2024-07-16')).toEqual(unlimitedShortable)
  expect(on('2024-07-17')).toBe(unlimitedShortable)
  expect(on('2024-07-15', 'AAPL.USA')).toBe(unlimitedShortable)
  expect(shortableOn({ kind: 'unlimited' }, 'BAC.USA', 0)).toBe(unlimitedShortable)
})

test('a static table holds on every date', () => {
  const row = { ...unlimitedShortable, quantity: decimal(100) }
  const model = { kind: 'static', rows: new Map([['BAC.USA', row]]) } as const
  expect(shortableOn(model, 'BAC.USA', parseDay('2024-07-15'))).toBe(row)
  expect(shortableOn(model, 'BAC.USA', parseDay('2034-07-15'))).toBe(row)
  expect(shortableOn(model, 'AAPL.USA', parseDay('2024-07-15'))).toBe(unlimitedShortable)
})

for (const [text, message] of [
  ['day,shares\n', `line 1: 'day,shares' is no header of short availability`],
  ['date,quantity\n2024-07-15,1\n15.7.2024,1\n', `line 3: '15.7.2024' is not a date YYYY-MM-DD`],
] as const) {
  test(`${JSON.stringify(text)} is refused: ${message}`, () => {
    expect(() => readShortableRows(text, 'BAC.USA')).toThrow(
      expect.objectContaining({ code: 'E_INVALID_DATA', message }),
    )
  })
}

// Made-up short availability; not part of the repository.
const path = fileURLToPath(new URL('../../../../../shared/data/lean/equity/bac-shortable.csv', import.meta.url))
const isThere = existsSync(path)

test.skipIf(!isThere && !process.env['CI'])(
  'the file shared/data/lean/equity/bac-shortable.csv is there, as it must be in CI',
  () => expect(isThere).toBe(true),
)

describe.skipIf(!isThere)('bac-shortable.csv (skipped: no folder shared/data/lean beside the repository)', () => {
  test('its four dates limit short sales and no other date does', () => {
    const rows = readShortableRows(readFileSync(path, 'utf8'), 'BAC.USA')
    const quantityOn = (date: string) => shortableOn({ kind: 'table', rows }, 'BAC.USA', parseDay(date)).quantity
    expect(rows.size).toBe(4)
    expect(decimalText(quantityOn('2014-03-25') ?? ZERO)).toBe('500')
    expect(quantityOn('2014-03-24')).toBeNull()
  })
})
