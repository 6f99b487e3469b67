import { QmtlError, ONE, decimal, type Decimal } from '@qmtl/contracts'

export type AssetClass = 'crypto' | 'equity' | 'forex' | 'future'

/** What can be traded: identity, contract terms and calendar. */
export interface Instrument {
  /** `SYMBOL.VENUE`, split at the last dot. */
  readonly id: string
  readonly symbol: string
  readonly venue: string
  readonly assetClass: AssetClass
  readonly quoteCurrency: string
  /** Smallest step of a price, in quote currency. */
  readonly tickSize: Decimal
  /** Smallest step of a quantity. */
  readonly lotSize: Decimal
  /** Quote currency per point of price and unit of quantity. */
  readonly multiplier: Decimal
  /** Calendar id: `24/7` or one of the session calendars. */
  readonly calendar: string
}

/** Terms that `defineInstrument` cannot read from the id. */
export type InstrumentTerms = Partial<Omit<Instrument, 'id' | 'symbol' | 'venue'>>

/**
 * An instrument from its id. Without terms it is a 24/7 crypto pair with steps of 10^-8: right for data that says no more
 * than an id. The quote currency is the symbol's part after its last `-`, else USD. Throws `E_UNKNOWN_INSTRUMENT`.
 */
export function defineInstrument(id: string, terms: InstrumentTerms = {}): Instrument {
  const { symbol, venue } = splitInstrumentId(id)
  const dash = symbol.lastIndexOf('-')
  return {
    assetClass: 'crypto',
    quoteCurrency: dash < 0 ? 'USD' : symbol.slice(dash + 1),
    tickSize: decimal('0.00000001'),
    lotSize: decimal('0.00000001'),
    multiplier: ONE,
    calendar: '24/7',
    ...terms,
    id,
    symbol,
    venue,
  }
}

/** Symbol and venue of an id `SYMBOL.VENUE`, split at the last dot: `BRK.B.XNYS` is `BRK.B` at `XNYS`. Throws `E_UNKNOWN_INSTRUMENT`. */
export function splitInstrumentId(id: string): { readonly symbol: string; readonly venue: string } {
  const dot = id.lastIndexOf('.')
  if (dot <= 0 || dot === id.length - 1 || /\s/.test(id)) {
    throw new QmtlError('E_UNKNOWN_INSTRUMENT', `'${id}' is not an instrument id`, {
      hint: 'write it as SYMBOL.VENUE, such as BTC-USD.SIM',
    })
  }
  return { symbol: id.slice(0, dot), venue: id.slice(dot + 1) }
}
