import { QmtlError } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnsOf } from '../bars/bar-block.ts'
import { createBarBytesParser } from './bar-bytes.ts'
import { createBarIntake } from './bar-intake.ts'

const header = 'ts,open,high,low,close,volume'

interface Read {
  readonly intervalMs: number
  /** The six columns. */
  readonly columns: readonly (readonly number[])[]
}

/** Reads files one behind the other, each cut at the positions given. */
function read(contents: readonly string[], cuts: readonly number[] = []): Read {
  const intake = createBarIntake()
  contents.forEach((content, index) => {
    const name = `bars${index === 0 ? '' : index}.csv`
    const parser = createBarBytesParser(name, intake)
    const bytes = new TextEncoder().encode(content)
    const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
    intake.begin(name)
    ends.forEach((end, piece) => parser.push(bytes.slice(ends[piece - 1] ?? 0, end)))
    parser.end()
  })
  intake.throwIfRefused()
  const intervalMs = intake.intervalMs(undefined)
  const blocks = [...intake.drain(), intake.rest()]
  const columns = [0, 1, 2, 3, 4, 5].map((field) => blocks.flatMap((block) => [...(columnsOf(block)[field] ?? [])]))
  intake.checkGrid(Float64Array.from(columns[0] ?? []), intervalMs)
  intake.throwIfRefused()
  return { intervalMs, columns }
}

const row = (hour: number, cells = '10,12,9,11,5'): string =>
  `2024-01-01T${String(hour).padStart(2, '0')}:00:00Z,${cells}`
const hours = (count: number, changes: Readonly<Record<number, string>> = {}): string[] =>
  Array.from({ length: count }, (_, hour) => changes[hour] ?? row(hour))
const fileOf = (rows: readonly string[]): string => [header, ...rows, ''].join('\n')

function refusalOf(act: () => unknown): QmtlError {
  try {
    act()
  } catch (error) {
    if (error instanceof QmtlError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('numbers and times', () => {
  /** Spellings of doubles: short, long, with exponents and with more digits than a double holds. */
  const spelling = fc.oneof(
    fc.double({ min: 1e-12, max: 1e15, noNaN: true }).map(String),
    fc.integer({ min: 1, max: 1e9 }).map((ticks) => (ticks / 100).toFixed(2)),
    fc.stringMatching(/^[1-9]\d{0,19}(\.\d{1,25})?$/),
    fc.stringMatching(/^0\.0{0,9}[1-9]\d{0,18}$/),
  )

  test('are the doubles that JavaScript reads from the same text', () => {
    fc.assert(
      fc.property(spelling, (text) => {
        const { columns } = read([fileOf([0, 1].map((hour) => row(hour, `${text},${text},${text},${text},${text}`)))])
        expect(columns.slice(1)).toEqual(columns.slice(1).map(() => [Number(text), Number(text)]))
      }),
    )
  })

  test('of any instant of a day are those of the general parser', () => {
    const anyMs = fc.integer({ min: 0, max: Date.UTC(2199, 11, 31) })
    fc.assert(
      fc.property(anyMs, fc.integer({ min: 1, max: 86_400 }), fc.boolean(), (firstMs, step, hasMs) => {
        const times = [0, 1].map((index) => (hasMs ? firstMs : Math.floor(firstMs / 1000) * 1000) + index * step * 1000)
        const iso = times.map((ms) => new Date(ms).toISOString().replace(hasMs ? '' : '.000', ''))
        const { columns } = read([fileOf(iso.map((ts) => `${ts},1,1,1,1,1`))])
        expect(columns[0]).toEqual(times)
      }),
    )
  })
})

describe('a good file', () => {
  const good = read([fileOf(hours(3))])

  test('is read', () => {
    expect(good.intervalMs).toBe(3_600_000)
    expect(good.columns).toEqual([
      [0, 1, 2].map((hour) => Date.UTC(2024, 0, 1, hour)),
      [10, 10, 10],
      [12, 12, 12],
      [9, 9, 9],
      [11, 11, 11],
      [5, 5, 5],
    ])
  })

  for (const [what, content] of [
    ['a byte order mark and CRLF', `\uFEFF${[header, ...hours(3)].join('\r\n')}\r\n`],
    ['no line feed at the end', [header, ...hours(3)].join('\n')],
    ['quotes, blanks and blank lines', `${header}\n\n ${hours(3).join('\n\n').replaceAll(',10,', ', "10" ,')}\n\n`],
    ['quoted names', fileOf(hours(3)).replace(header, '"ts","open","high","low","close","volume"')],
    [
      'columns in another order',
      `volume,close,open,low,high,ts\n${[0, 1, 2].map((h) => `5,11,10,9,12,${row(h).slice(0, 20)}`).join('\n')}`,
    ],
    ['epoch seconds', fileOf([0, 1, 2].map((h) => `${1_704_067_200 + h * 3600},10,12,9,11,5`))],
    ['epoch milliseconds', fileOf([0, 1, 2].map((h) => `${1_704_067_200_000 + h * 3_600_000},10,12,9,11,5`))],
    ['another offset from UTC', fileOf([1, 2, 3].map((h) => `2024-01-01T0${h}:00:00+01:00,1e1,12.0,9,+11,5`))],
  ] as const) {
    test(`with ${what} reads alike`, () => expect(read([content])).toEqual(good))
  }

  test('reads alike however it is cut', () => {
    const spellings = fc.constantFrom(
      '10,12,9,11,5',
      '"10",12,9,11,5',
      '10,12,9,11,5\r',
      ' 10.0,12,9,11,5',
      '1e1,12,9,11,5\n',
    )
    fc.assert(
      fc.property(
        fc.array(spellings, { minLength: 2, maxLength: 9 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (cells, cuts) => {
          const content = fileOf(cells.map((text, hour) => row(hour, text)))
          expect(read([content], cuts)).toEqual(read([content]))
          expect(read([content]).columns[1]).toEqual(cells.map(() => 10))
        },
      ),
    )
  })

  test('goes on in the next file', () => {
    const parts = [fileOf(hours(3).slice(0, 2)), fileOf(hours(3).slice(2))]
    expect(read(parts)).toEqual(good)
  })

  test('of daily bars may open an hour off beyond a change of the clock', () => {
    const days = ['2021-03-11T14:30:00Z', '2021-03-12T14:30:00Z', '2021-03-15T13:30:00Z', '2021-03-16T13:30:00Z']
    const rows = days.map((day) => `${day},10,12,9,11,5`)
    const { intervalMs, columns } = read([fileOf(rows)])
    expect([intervalMs, columns[0]?.length]).toEqual([86_400_000, 4])
    expect(() => read([fileOf([...rows, '2021-03-17T12:30:00Z,10,12,9,11,5'])])).toThrow('is not on the grid of 1d')
  })
})

describe('a bad cell is refused with its line, its column and the rule', () => {
  for (const [text, path, rule] of [
    ['2024-01-01T02:00:00Z,ten,12,9,11,5', 'bars.csv:4:2', `line 4, column 2 (open): 'ten' is not a number`],
    ['2024-01-01T02:00:00Z,10,12,9,NaN,5', 'bars.csv:4:5', `'NaN' is not a number`],
    ['2024-01-01T02:00:00Z,10,12,9,11.,5.5.5', 'bars.csv:4:6', `'5.5.5' is not a number`],
    ['2024-01-01T02:00:00Z,10,1e999,9,11,5', 'bars.csv:4:3', `'1e999' is not a number`],
    ['2024-01-01T02:00:00Z,10,12,9,11,', 'bars.csv:4:6', `'' is empty`],
    ['2024-01-01T02:00:00Z,10,12,9,11,-1', 'bars.csv:4:6', `'-1' is negative`],
    ['2024-01-01T02:00:00Z,10,12,0,11,5', 'bars.csv:4:4', `'0' is not above zero`],
    ['2024-01-01T02:00:00Z,10,8,9,9,5', 'bars.csv:4:3', `'8' is below the low 9`],
    ['2024-01-01T02:00:00Z,13,12,9,11,5', 'bars.csv:4:2', `'13' lies outside low 9 to high 12`],
    ['2024-01-01T02:00:00Z,10,12,9,8.5,5', 'bars.csv:4:5', `'8.5' lies outside low 9 to high 12`],
    ['2024-01-01T02:00:00Z,10,12,9,11', 'bars.csv:4:1', 'line 4: 5 cells, not 6'],
    ['2024-01-01T02:00:00Z,10,12,9,11,5,6', 'bars.csv:4:1', 'line 4: 7 cells, not 6'],
    ['2024-01-01 02:00,10,12,9,11,5', 'bars.csv:4:1', 'is not a UTC instant'],
    ['2024-02-30T02:00:00Z,10,12,9,11,5', 'bars.csv:4:1', `'2024-02-30T02:00:00Z' is not a UTC instant`],
    ['2024-01-01T02:60:00Z,10,12,9,11,5', 'bars.csv:4:1', `is not a UTC instant`],
    ['1704074400.5,10,12,9,11,5', 'bars.csv:4:1', `is not a UTC instant`],
    ['9999-01-01T02:00:00Z,10,12,9,11,5', 'bars.csv:4:1', 'lies outside the years 1970 to 2199'],
    ['2024-01-01T01:00:00Z,10,12,9,11,5', 'bars.csv:4:1', `'2024-01-01T01:00:00Z' repeats the time of line 3`],
    ['2024-01-01T00:30:00Z,10,12,9,11,5', 'bars.csv:4:1', 'stands after the later 2024-01-01T01:00:00Z of line 3'],
    ['2024-01-01T02:10:00Z,10,12,9,11,5', 'bars.csv:4:1', 'is not on the grid of 1h from 2024-01-01T00:00:00Z'],
  ] as const) {
    test(`${text} ${rule}`, () => {
      const { code, errors, message } = refusalOf(() => read([fileOf(hours(6, { 2: text }))]))
      expect(code).toBe('E_INVALID_DATA')
      expect(errors).toMatchObject([{ path }])
      expect(errors[0]?.message).toContain(rule)
      expect(message).toContain('bars.csv: line 4')
    })
  }

  test('behind blank lines and in the second file too', () => {
    const second = [header, '', ...hours(9).slice(6), '', '', '2024-01-01T09:00:00Z,10,12,9,11,x'].join('\n')
    const { errors } = refusalOf(() => read([fileOf(hours(6)), second]))
    expect(errors).toMatchObject([{ path: 'bars1.csv:8:6' }])
    const offGrid = second.replace('T09:00:00Z,10,12,9,11,x', 'T09:07:00Z,10,12,9,11,5')
    expect(refusalOf(() => read([fileOf(hours(6)), offGrid])).errors).toMatchObject([{ path: 'bars1.csv:8:1' }])
  })

  test('all are counted, the first fifty listed', () => {
    const rows = Array.from({ length: 40 }, (_, index) => `${1_704_067_200 + index * 60},x,12,9,11,-5`)
    const { message, errors, details } = refusalOf(() => read([fileOf(rows)]))
    expect(message).toBe(`bars.csv: line 2, column 2 (open): 'x' is not a number, and 79 more`)
    expect(errors).toHaveLength(50)
    expect(details).toEqual({ faults: 80 })
  })
})

describe('a file is refused', () => {
  for (const [what, content, rule] of [
    ['a missing column', 'ts,open,high,low,close\n', `no column 'volume'`],
    ['a misspelt column', 'ts,open,hihg,low,close,volume\n', `unknown column 'hihg'; did you mean 'high'?`],
    ['no header', '2024-01-01T00:00:00Z,10,12,9,11,5\n', `unknown column '2024-01-01T00:00:00Z'`],
    ['nothing in it', '', `no column 'ts'`],
    ['a line without end', 'x'.repeat(70_000), 'line 1 is longer than 65536 bytes'],
  ] as const) {
    test(`for ${what}`, () => expect(refusalOf(() => read([content])).message).toContain(rule))
  }
})

test('no bytes make the parser fail in another way than by a refusal', () => {
  const cell = fc.oneof(
    fc.constantFrom('2024-01-01T00:00:00Z', '1704067200', '10', '', '"', 'NaN', '-1', '\n'),
    fc.string(),
  )
  const rows = fc.array(
    fc.array(cell, { maxLength: 7 }).map((cells) => cells.join(',')),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(rows, fc.array(fc.nat(), { maxLength: 5 }), (lines, cuts) => {
      try {
        expect(read([fileOf(lines)], cuts).columns[0]?.length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(QmtlError)
      }
    }),
  )
})
