import { QmtlError, suggestName } from '@qmtl/contracts'
import type { MarketData } from '@qmtl/market'

/** The market behind a data preset. Throws `E_INVALID_CONFIG` naming the nearest known preset. */
export function findMarket(markets: ReadonlyMap<string, MarketData>, preset: string): MarketData {
  const market = markets.get(preset)
  if (market) return market
  throw new QmtlError('E_INVALID_CONFIG', `no data preset '${preset}'; ${suggestName(preset, markets.keys())}`, {
    hint: 'name one of data.presets in qmtl.yml, or add it there',
  })
}
