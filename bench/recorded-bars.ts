import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createSyntheticMarket, readBarsCsv, sliceBars, type BarColumns } from '@qmtl/market'

const recordedFile = resolve('../shared/data/bars/btcperp_1m.csv')
const minuteMs = 60_000

/** One-minute bars of an instrument and where they are from: recorded ones where there are, else the synthetic market. */
export async function loadMinuteBars(
  instrument: string,
  count: number,
): Promise<{ readonly data: BarColumns; readonly source: string }> {
  if (existsSync(recordedFile)) {
    const text = await readFile(recordedFile, 'utf8')
    const recorded = readBarsCsv(text, { instrument, name: 'btcperp_1m.csv' })
    return { data: sliceBars(recorded, 0, count), source: 'btcperp_1m.csv' }
  }
  const fromMs = Date.UTC(2024, 0, 1)
  const request = { instrument, intervalMs: minuteMs, fromMs, toMs: fromMs + count * minuteMs }
  return { data: await createSyntheticMarket({ seed: 1 }).history(request, {}), source: 'synthetic' }
}
