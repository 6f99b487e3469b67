import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QmtlError } from '@qmtl/contracts'
import { barAt } from '../bars/bar-columns.ts'
import { readBarsCsv, type ReadBarsOptions } from './read-bars-csv.ts'

const header = 'ts,open,high,low,close,volume'
const options = { instrument: 'BTC-USD.SIM', name: 'bars.csv' } as const
const read = (rows: readonly string[], rest: Partial<ReadBarsOptions> = {}) =>
  readBarsCsv([header, ...rows, ''].join('\n'), { ...options, ...rest })

/** Hourly rows from midnight; a row is replaced by what `changes` has for its index. */
const hours = (count: number, changes: Readonly<Record<number, string>> = {}): string[] =>
  Array.from(
    { length: count },
    (_, hour) => changes[hour] ?? `2024-01-01T${String(hour).padStart(2, '0')}:00:00Z,10,12,9,11,5`,
  )

function refusalOf(run: () => unknown): QmtlError {
  try {
    run()
  } catch (error) {
    if (error instanceof QmtlError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a good file', () => {
  test('becomes columns in its interval', () => {
    const columns = read(['2024-01-01T00:00:00Z,10,12,9,11,5', '2024-01-01T00:15:00Z,11,11,10.5,10.5,0'])
    expect(columns).toMatchObject({ instrument: 'BTC-USD.SIM', intervalMs: 900_000, length: 2 })
    expect(barAt(columns, 1)).toEqual({
      openTimeMs: Date.UTC(2024, 0, 1, 0, 15),
      open: 11,
      high: 11,
      low: 10.5,
      close: 10.5,
      volume: 0,
    })
  })

  const columns = read(hours(3))
  for (const [what, text] of [
    ['a byte order mark and CRLF', `\uFEFF${[header, ...hours(3)].join('\r\n')}\r\n`],
    ['bytes', new TextEncoder().encode([header, ...hours(3)].join('\n'))],
    ['quotes, blanks and blank lines', `${header}\n\n${hours(3).join('\n\n').replaceAll(',10,', ',"10", ')}`],
    [
      'columns in another order',
      `volume,ts,close,open,low,high\n${[0, 1, 2].map((h) => `5,2024-01-01T0${h}:00:00Z,11,10,9,12`).join('\n')}`,
    ],
    ['epoch seconds', `${header}\n${[0, 1, 2].map((h) => `${1_704_067_200 + h * 3600},10,12,9,11,5`).join('\n')}`],
    [
      'epoch milliseconds',
      `${header}\n${[0, 1, 2].map((h) => `${1_704_067_200_000 + h * 3_600_000},10,12,9,11,5`).join('\n')}`,
    ],
    [
      'another offset from UTC',
      `${header}\n${[1, 2, 3].map((h) => `2024-01-01T0${h}:00:00+01:00,1e1,12.0,9,+11,5`).join('\n')}`,
    ],
  ] as const) {
    test(`reads ${what} alike`, () => expect(readBarsCsv(text, options)).toEqual(columns))
  }

  test('with quotes names the same lines as without', () => {
    const broken = [...hours(3), '', '', ...hours(6, { 4: '2024-01-01T04:00:00Z,x,12,9,11,5' }).slice(3)]
    const quoted = broken.map((row) => row.replace(',12,', ',"12",'))
    expect(refusalOf(() => read(broken)).errors).toMatchObject([{ path: 'bars.csv:8:2' }])
    expect(refusalOf(() => read(quoted)).errors).toEqual(refusalOf(() => read(broken)).errors)
  })

  test('reads bare dates as midnight UTC', () => {
    const days = read(['2024-02-28,10,12,9,11,5', '2024-02-29,10,12,9,11,5', '2024-03-01,10,12,9,11,5'])
    expect(days).toMatchObject({ intervalMs: 86_400_000, length: 3 })
  })

  test('gives back every bar that is written to it', () => {
    const price = fc.integer({ min: 1, max: 1e9 }).map((ticks) => ticks / 100)
    const bar = fc.tuple(price, price, price, price, fc.double({ min: 0, max: 1e12, noNaN: true }))
    fc.assert(
      fc.property(fc.array(bar, { minLength: 2, maxLength: 20 }), (bars) => {
        const rows = bars.map(([a, b, c, d, volume], index) => {
          const [low = a, open = a, close = a, high = a] = [a, b, c, d].sort((x, y) => x - y)
          return { openTimeMs: Date.UTC(2024, 0, 1) + index * 60_000, open, high, low, close, volume }
        })
        const text = rows.map((row) => [
          new Date(row.openTimeMs).toISOString(),
          row.open,
          row.high,
          row.low,
          row.close,
          row.volume,
        ])
        const columns = read(text.map((cells) => cells.join(',')))
        expect(rows.map((_, index) => barAt(columns, index))).toEqual(rows)
      }),
    )
  })
})

describe('a bad cell is refused with its line, its column and the rule', () => {
  for (const [row, path, rule] of [
    ['2024-01-01T02:00:00Z,ten,12,9,11,5', 'bars.csv:4:2', `line 4, column 2 (open): 'ten' is not a number`],
    ['2024-01-01T02:00:00Z,10,12,9,NaN,5', 'bars.csv:4:5', `'NaN' is not a number`],
    ['2024-01-01T02:00:00Z,10,0x12,9,11,5', 'bars.csv:4:3', `'0x12' is not a number`],
    ['2024-01-01T02:00:00Z,10,1e999,9,11,5', 'bars.csv:4:3', `'1e999' is not a number`],
    ['2024-01-01T02:00:00Z,10,12,9,11,', 'bars.csv:4:6', `'' is empty`],
    ['2024-01-01T02:00:00Z,10,12,9,11,-1', 'bars.csv:4:6', `'-1' is negative`],
    ['2024-01-01T02:00:00Z,10,12,0,11,5', 'bars.csv:4:4', `'0' is not above zero`],
    ['2024-01-01T02:00:00Z,10,8,9,9,5', 'bars.csv:4:3', `'8' is below the low 9`],
    ['2024-01-01T02:00:00Z,13,12,9,11,5', 'bars.csv:4:2', `'13' lies outside low 9 to high 12`],
    ['2024-01-01T02:00:00Z,10,12,9,8.5,5', 'bars.csv:4:5', `'8.5' lies outside low 9 to high 12`],
    ['2024-01-01T02:00:00Z,10,12,9,11', 'bars.csv:4:1', 'line 4: 5 cells, not 6'],
    ['2024-01-01 02:00,10,12,9,11,5', 'bars.csv:4:1', 'is not a UTC instant'],
    ['2024-02-30T02:00:00Z,10,12,9,11,5', 'bars.csv:4:1', `'2024-02-30T02:00:00Z' is not a UTC instant`],
    ['9999-01-01T02:00:00Z,10,12,9,11,5', 'bars.csv:4:1', 'lies outside the years 1970 to 2199'],
    ['2024-01-01T01:00:00Z,10,12,9,11,5', 'bars.csv:4:1', `'2024-01-01T01:00:00Z' repeats the time of line 3`],
    ['2024-01-01T00:30:00Z,10,12,9,11,5', 'bars.csv:4:1', 'stands after the later 2024-01-01T01:00:00Z of line 3'],
    ['2024-01-01T02:10:00Z,10,12,9,11,5', 'bars.csv:4:1', 'is not on the grid of 1h from 2024-01-01T00:00:00Z'],
  ] as const) {
    test(rule, () => {
      const { code, errors, message } = refusalOf(() => read(hours(6, { 2: row })))
      expect(code).toBe('E_INVALID_DATA')
      expect(errors).toHaveLength(1)
      expect(errors[0]?.path).toBe(path)
      expect(errors[0]?.message).toContain(rule)
      expect(message).toContain('bars.csv: line 4')
    })
  }

  test('all bad cells are counted, the first twenty listed', () => {
    const rows = hours(24).map((row, index) => (index % 2 ? row : row.replace(',10,', ',x,').replace(',5', ',-5')))
    const { message, errors, details } = refusalOf(() => read(rows))
    expect(message).toBe(`bars.csv: line 2, column 2 (open): 'x' is not a number, and 23 more`)
    expect(errors).toHaveLength(20)
    expect(details).toEqual({ bad_cells: 24 })
  })

  test('one row ahead of its time does not condemn those that follow it in order', () => {
    const rows = hours(6, { 2: '2024-01-01T01:00:00Z,10,12,9,11,5' })
    expect(refusalOf(() => read(rows)).errors).toHaveLength(1)
  })
})

describe('a bad header or file', () => {
  for (const [what, text, rule] of [
    ['a missing column', 'ts,open,high,low,close\n', `no column 'volume'`],
    ['a misspelt column', 'ts,open,hihg,low,close,volume\n', `unknown column 'hihg'; did you mean 'high'?`],
    ['a repeated column', 'ts,open,high,low,close,volume,open\n', `column 'open' stands twice`],
    ['no header', '2024-01-01T00:00:00Z,10,12,9,11,5\n', `unknown column '2024-01-01T00:00:00Z'`],
    ['nothing at all', '', `no column 'ts'`],
    ['a header alone', `${header}\n`, 'bars.csv: no bars'],
    ['an open quote', `${header}\n"2024-01-01T00:00:00Z,10,12,9,11,5\n`, 'not a CSV file'],
  ] as const) {
    test(`is refused for ${what}`, () => {
      const { code, message } = refusalOf(() => readBarsCsv(text, options))
      expect(code).toBe('E_INVALID_DATA')
      expect(message).toContain(rule)
    })
  }
})

describe('the interval', () => {
  test('of one bar must be given', () => {
    expect(refusalOf(() => read(hours(1)))).toMatchObject({ code: 'E_DATA_INTERVAL' })
    expect(read(hours(1), { intervalMs: 3_600_000 }).intervalMs).toBe(3_600_000)
  })

  test('other than the one given is refused, both named', () => {
    const refusal = refusalOf(() => read(hours(5), { intervalMs: 900_000 }))
    expect(refusal).toMatchObject({ code: 'E_DATA_INTERVAL', message: 'bars.csv: the bars are of 1h, not of 15m' })
  })

  test('given may be rarer than a hole, in a thin market', () => {
    const rows = [0, 2, 4, 5, 7].map((hour) => hours(8)[hour] ?? '')
    expect(read(rows, { intervalMs: 3_600_000, gaps: 'allow' })).toMatchObject({ intervalMs: 3_600_000, length: 5 })
  })

  test('of two equally common steps is the smaller', () => {
    const rows = [0, 1, 3].map((hour) => hours(8)[hour] ?? '')
    expect(read(rows, { gaps: 'allow' }).intervalMs).toBe(3_600_000)
  })

  test('longer than a day is refused', () => {
    const rows = ['2024-01-01', '2024-02-01', '2024-03-01'].map((day) => `${day},10,12,9,11,5`)
    expect(refusalOf(() => read(rows))).toMatchObject({ code: 'E_DATA_INTERVAL' })
  })
})

describe('missing bars', () => {
  const holed = hours(12).filter((_, hour) => ![3, 4, 8].includes(hour))

  test('are refused with the first hole, its line, the totals and what to do', () => {
    const refusal = refusalOf(() => read(holed))
    expect(refusal).toMatchObject({
      code: 'E_DATA_GAP',
      message: 'bars.csv line 5: before it 2 bars missing from 2024-01-01T03:00:00Z (in all 2 gaps, 3 bars)',
      details: { gaps: 2, missing_bars: 3, interval: '1h' },
      errors: [
        { path: 'bars.csv:5:1', message: '2 bars missing from 2024-01-01T03:00:00Z' },
        { path: 'bars.csv:8:1', message: '1 bar missing from 2024-01-01T08:00:00Z' },
      ],
    })
    expect(refusal.hint).toContain('--allow-gaps')
  })

  test('are left out where the caller allows it', () => expect(read(holed, { gaps: 'allow' }).length).toBe(9))

  test('between the sessions of a calendar are not missing', () => {
    const session = (day: string) => [14, 15, 16, 17, 18, 19, 20].map((hour) => `${day}T${hour}:00:00Z,10,12,9,11,5`)
    // Friday, then Monday; 2024-01-15 is a holiday of the calendar.
    const rows = [...session('2024-01-12'), ...session('2024-01-16')]
    expect(read(rows, { calendar: 'sim-sessions' }).length).toBe(14)
    expect(refusalOf(() => read(rows)).code).toBe('E_DATA_GAP')
    const late = [...session('2024-01-12'), ...session('2024-01-16').slice(2)]
    expect(refusalOf(() => read(late, { calendar: 'sim-sessions' })).details).toMatchObject({
      gaps: 1,
      missing_bars: 2,
    })
  })
})

test('no text makes the reader fail in another way than by a refusal', () => {
  const cell = fc.oneof(fc.constantFrom('2024-01-01T00:00:00Z', '1704067200', '10', '', '"', 'NaN', '-1'), fc.string())
  const rows = fc.array(
    fc.array(cell, { maxLength: 7 }).map((cells) => cells.join(',')),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(rows, (lines) => {
      try {
        expect(read(lines).length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(QmtlError)
      }
    }),
  )
})

test('a large file that stands twice in itself is refused at once, each row with the line it repeats', () => {
  // Searched from the start for each row, this outlasts the time limit of a test many times over.
  const minutes = Array.from({ length: 60_000 }, (_, minute) => `${1_700_000_040 + minute * 60},1,1,1,1,1`)
  const content = ['ts,open,high,low,close,volume', ...minutes, ...minutes].join('\n')
  const read = () => readBarsCsv(content, { instrument: 'BTC-USD.SIM', name: 'twice.csv' })
  expect(read).toThrow('repeats the time of line 2, and 59999 more')
})
