import type { Instrument } from '@qmtl/market'
import type { Security } from '../model/security.ts'

const known = new WeakMap<Instrument, Security>()

/**
 * What an instrument's own terms say of it to brokers: equities trade in the market of their currency (`usa`, `india`), all
 * else in its venue's; a pair `BASE-QUOTE` has a base currency. Worked out once per instrument.
 */
export function securityOf(instrument: Instrument): Security {
  const before = known.get(instrument)
  if (before) return before
  const { symbol, venue, assetClass, quoteCurrency } = instrument
  const dash = symbol.lastIndexOf('-')
  const isPair = dash > 0 && (assetClass === 'crypto' || assetClass === 'forex')
  const market = assetClass === 'equity' ? (equityMarkets[quoteCurrency] ?? venue.toLowerCase()) : venue.toLowerCase()
  const plain = { ...instrument, market, ticker: symbol.replace('-', '') }
  const security: Security = isPair ? { ...plain, baseCurrency: symbol.slice(0, dash) } : plain
  known.set(instrument, security)
  return security
}

const equityMarkets: Readonly<Record<string, string>> = { USD: 'usa', INR: 'india' }
