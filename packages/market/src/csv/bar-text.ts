import { formatInstant } from '@qmtl/contracts'
import { barFields, type BarBlock } from '../bars/bar-block.ts'

/**
 * Bars in our layout, which `qmtl data import` reads back to the same bars: a line of names, then a line of each bar, LF. Numbers
 * are the shortest decimals that mean their double.
 */
export async function* barsAsCsv(blocks: AsyncIterable<BarBlock> | Iterable<BarBlock>): AsyncGenerator<string> {
  yield `${barFields.join(',')}\n`
  for await (const block of blocks) yield rowsText(block)
}

function rowsText({ length, openTimeMs, open, high, low, close, volume }: BarBlock): string {
  let text = ''
  for (let row = 0; row < length; row++) {
    text += `${formatInstant(openTimeMs[row]!)},${plainNumber(open[row]!)},${plainNumber(high[row]!)},${plainNumber(low[row]!)},${plainNumber(close[row]!)},${plainNumber(volume[row]!)}\n`
  }
  return text
}

/** The shortest decimal that means a double, without an exponent: 1e-7 is `0.0000001`. */
export function plainNumber(value: number): string {
  const text = String(value)
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  if (exponent === undefined) return text
  const digits = `${whole}${fraction}`
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}
