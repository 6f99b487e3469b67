import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { barsAsCsv } from '../csv/bar-text.ts'
import { sourceOf } from '../store/stored-bars.ts'
import { verifyBars } from '../store/verify-bars.ts'
import { createFakeFileLock } from '../testing/file-lock.ts'
import { createFileBarStore } from './file-bar-store.ts'
import { importBars } from './import-bars.ts'

// Recorded bars of real markets; they are not part of the repository.
const folder = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url))
const isThere = existsSync(folder)

test.skipIf(!isThere && !process.env['CI'])('the folder shared/data is there, as it must be in CI', () =>
  expect(isThere).toBe(true),
)

describe.skipIf(!isThere)('recorded files (skipped: no folder shared/data beside the repository)', () => {
  test.each([
    ['bars/btcperp_1m.csv', '1m', 45_031, 0],
    ['bars/btcusd_1h.csv', '1h', 733, 9],
    ['bars/btcusd_1d.csv', '1d', 1318, 34],
    ['bars/eurusd_1h.csv', '1h', 5000, 2063],
    ['bars/btceur_1m_2018-04-04_05.csv', '1m', 2344, 536],
    ['bars/spy_1d.csv', '1d', 5849, 2641],
    ['lean/equity/aapl-daily.csv', '1d', 5849, 2641],
    ['lean/equity/ibm-daily.csv', '1d', 5849, 2641],
    ['lean/forex/nzdusd-hour-2018.csv', '1h', undefined, undefined],
    ['lean/future/es-201312-minute-20131006-20131008.csv', '1m', undefined, undefined],
  ] as const)('%s goes through the store byte for byte', async (name, interval, rows, missing) => {
    const place = await mkdtemp(join(tmpdir(), 'qmtl-recorded-'))
    try {
      const store = createFileBarStore(place, { lock: createFakeFileLock() })
      const files = [{ path: join(folder, name), name }]
      const { stored } = await importBars(store, { files, instrument: 'X.RECORDED', mode: 'new' }, { nowMs: () => 0 })
      expect(stored.interval).toBe(interval)
      if (rows !== undefined) expect([stored.rows, stored.gaps.missing_bars]).toEqual([rows, missing])
      let text = ''
      for await (const piece of barsAsCsv(store.blocks(sourceOf(stored), {}))) text += piece
      expect(text).toBe(await readFile(join(folder, name), 'utf8'))
      expect(await verifyBars(store, stored, {})).toEqual([])
    } finally {
      await rm(place, { recursive: true })
    }
  })
})
