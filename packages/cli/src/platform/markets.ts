import { messageOf, QmtlError, suggestName, type ErrorCause } from '@qmtl/contracts'
import type { Instrument, MarketData } from '@qmtl/market'

/** The market behind a data preset. Throws `E_INVALID_CONFIG` naming the nearest known preset. */
export function findMarket(markets: ReadonlyMap<string, MarketData>, preset: string): MarketData {
  const market = markets.get(preset)
  if (market) return market
  throw new QmtlError('E_INVALID_CONFIG', `no data preset '${preset}'; ${suggestName(preset, markets.keys())}`, {
    hint: 'name one of data.presets in qmtl.yml, or add it there',
  })
}

/** The terms of an instrument in the first market that knows it. Throws `E_UNKNOWN_INSTRUMENT` where none does. */
export function findTradedInstrument(markets: ReadonlyMap<string, MarketData>, id: string): Instrument {
  const causes: ErrorCause[] = []
  for (const [path, market] of markets) {
    try {
      return market.instrument(id)
    } catch (thrown) {
      causes.push({ path, message: messageOf(thrown) })
    }
  }
  throw new QmtlError('E_UNKNOWN_INSTRUMENT', `no market knows ${id}`, { errors: causes })
}
