import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../bars/fingerprint.ts'
import { readBarsCsv } from './read-bars-csv.ts'

// Recorded bars of real markets; they are not part of the repository.
const folder = fileURLToPath(new URL('../../../../../shared/data/bars/', import.meta.url))
const isThere = existsSync(folder)

test.skipIf(!isThere && !process.env['CI'])('the folder shared/data/bars is there, as it must be in CI', () =>
  expect(isThere).toBe(true),
)

describe.skipIf(!isThere)('recorded files (skipped: no folder shared/data/bars beside the repository)', () => {
  const read = (file: string, gaps: 'refuse' | 'allow' = 'allow') =>
    readBarsCsv(readFileSync(`${folder}${file}`), { instrument: 'X.RECORDED', name: file, gaps })

  // Rows, gaps and missing bars as the folder's manifest counts them.
  for (const [file, intervalMs, rows, gaps, missing] of [
    ['btcperp_1m.csv', 60_000, 45_031, 0, 0],
    ['btcusd_1h.csv', 3_600_000, 733, 7, 9],
    ['btcusd_1d.csv', 86_400_000, 1318, 8, 34],
    ['eurusd_1h.csv', 3_600_000, 5000, 42, 2063],
    ['btceur_1m_2018-04-04_05.csv', 60_000, 2344, 82, 536],
    ['ltcusd_1m_2018-04-04_05.csv', 60_000, 2447, 4, 433],
  ] as const) {
    test(`${file} holds ${rows} bars and ${gaps} gaps`, () => {
      expect(read(file)).toMatchObject({ intervalMs, length: rows })
      expect(fingerprintOf(read(file))).toMatch(/^lake:blake3:[0-9a-f]{64}$/)
      if (gaps === 0) expect(read(file, 'refuse').length).toBe(rows)
      else expect(() => read(file, 'refuse')).toThrow(`(in all ${gaps} gaps, ${missing} bars)`)
    })
  }

  test('spy_1d.csv has days as bars and its weekends as gaps', () => {
    expect(read('spy_1d.csv')).toMatchObject({ intervalMs: 86_400_000, length: 5849 })
  })

  test('btcusd_1mo.csv is refused: a month is not an interval', () => {
    expect(() => read('btcusd_1mo.csv')).toThrow('most bars are 31.0 days apart')
  })
})
