import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barColumnsOf } from '../bars/bar-columns.ts'
import { barsAsCsv, plainNumber } from './bar-text.ts'
import { readBarsCsv } from './read-bars-csv.ts'

const source = { instrument: 'BTC-USD.SIM', intervalMs: 1000 }
const anyPrice = fc.double({ min: 1e-300, max: 1e300, noNaN: true })

async function textOf(blocks: Parameters<typeof barsAsCsv>[0]): Promise<string> {
  let text = ''
  for await (const piece of barsAsCsv(blocks)) text += piece
  return text
}

test('a number is written without an exponent and means the same double', () => {
  fc.assert(
    fc.property(fc.oneof(anyPrice, fc.constantFrom(0, 1e21, 1.5e21, 1e-7, 1.25e-9, 5e-324)), (value) => {
      expect(plainNumber(value)).toMatch(/^\d+(\.\d+)?$/)
      expect(Number(plainNumber(value))).toBe(value)
    }),
  )
})

test('bars written are the bars read back, in however many blocks', async () => {
  const anyBar = fc.tuple(anyPrice, anyPrice, anyPrice, fc.double({ min: 0, max: 1e300, noNaN: true }))
  await fc.assert(
    fc.asyncProperty(fc.array(anyBar, { minLength: 1, maxLength: 20 }), fc.nat({ max: 20 }), async (cells, cut) => {
      const bars = cells.map(([a, b, c, volume], index) => {
        const [low = a, open = a, high = a] = [a, b, c].sort((x, y) => x - y)
        return { openTimeMs: 1_700_000_000_500 + index * 1000, open, high, low, close: open, volume }
      })
      const blocks = [bars.slice(0, cut), bars.slice(cut)].map((part) => barColumnsOf(source, part))
      const text = await textOf(blocks)
      expect(readBarsCsv(text, { ...source, name: 'out.csv' })).toEqual(barColumnsOf(source, bars))
    }),
  )
})

test('times of whole seconds have no milliseconds', async () => {
  const bar = { openTimeMs: 1_700_000_000_000, open: 1.5, high: 2, low: 1, close: 1.25, volume: 0 }
  expect(await textOf([barColumnsOf(source, [bar])])).toBe(
    'ts,open,high,low,close,volume\n2023-11-14T22:13:20Z,1.5,2,1,1.25,0\n',
  )
})
