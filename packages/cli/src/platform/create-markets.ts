import { readFile } from 'node:fs/promises'
import { assertNever, messageOf, QmtlError } from '@qmtl/contracts'
import { createCsvMarket, createSyntheticMarket, type CsvFile, type MarketData } from '@qmtl/market'
import { instrumentTerms } from '../backtest/backtest-bars.ts'
import type { DataPreset } from '../config/data-preset.ts'

/** The markets of a configuration by preset. Throws what is wrong with a file. */
export async function createMarkets(
  presets: Readonly<Record<string, DataPreset>>,
): Promise<ReadonlyMap<string, MarketData>> {
  const markets = Object.entries(presets).map(async ([name, preset]) => [name, await createMarket(preset)] as const)
  return new Map(await Promise.all(markets))
}

async function createMarket(preset: DataPreset): Promise<MarketData> {
  switch (preset.kind) {
    case 'synthetic':
      return createSyntheticMarket({ seed: preset.seed, outagesPerYear: preset.outages_per_year })
    case 'csv': {
      const gaps = preset.allow_gaps ? 'allow' : 'refuse'
      const files = Object.entries(preset.files).map(([instrument, path]) => readCsv(instrument, path, gaps))
      return createCsvMarket(await Promise.all(files))
    }
    default:
      return assertNever(preset)
  }
}

async function readCsv(instrument: string, path: string, gaps: 'allow' | 'refuse'): Promise<CsvFile> {
  try {
    return { instrument: instrumentTerms(instrument), name: path, content: await readFile(path), gaps }
  } catch (cause) {
    throw new QmtlError('E_FILE', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
}
