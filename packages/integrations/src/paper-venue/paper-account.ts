import {
  absolute,
  decimal,
  decimalText,
  formatInstant,
  negate,
  sign,
  type Decimal,
  type Fill,
  type Order,
} from '@qmtl/contracts'
import {
  applyFill,
  fillMarketOrder,
  ledgerFillOf,
  openBook,
  type Book,
  type FillRefusal,
  type LedgerFill,
  type PriceOf,
  type RealityModels,
  type VenueReport,
} from '@qmtl/brokerage'
import type { Bar, Instrument } from '@qmtl/market'

/** What trading is like in a world: its costs, the cash that each strategy starts with, and what is traded. */
export interface PaperTerms {
  /** The terms of an instrument of the world's market. Throws `E_UNKNOWN_INSTRUMENT`. */
  readonly instrumentOf: (id: string) => Instrument
  readonly models: RealityModels
  readonly cash: Decimal
}

/** An order the venue took, waiting for its bar. */
export interface PendingOrder {
  readonly order: Order
  readonly instrument: Instrument
  readonly terms: PaperTerms
  /** Only bars that open after this instant, epoch milliseconds, may fill the order. */
  readonly afterMs: number
}

/** The venue's books, one per world and strategy, and the latest prices of each world's market. */
export interface PaperAccount {
  /** Takes a fill of before a restart into its book. */
  restore(fill: Fill, terms: PaperTerms): void
  /** Moves the price of an instrument in a world. */
  setPrice(worldId: string, instrument: string, price: number): void
  /** Fills an order at the open of a bar, against the book of its strategy; what is not filled has ended. */
  execute(pending: PendingOrder, bar: Bar, venue: string): readonly VenueReport[]
}

/** Creates empty books; each opens with the cash of its world's terms when it is first needed. */
export function createPaperAccount(): PaperAccount {
  const books = new Map<string, Book>()
  const prices = new Map<string, Decimal>()
  const keyOf = (worldId: string, id: string) => `${worldId}\u001f${id}`

  const bookOf = (owner: Pick<Order, 'world_id' | 'strategy_id'>, { cash }: PaperTerms) => {
    const key = keyOf(owner.world_id, owner.strategy_id)
    return { key, book: books.get(key) ?? openBook(cash) }
  }

  return {
    restore(fill, terms) {
      const { key, book } = bookOf(fill, terms)
      books.set(key, applyFill(book, ledgerFillOf(fill, terms.instrumentOf(fill.instrument))).book)
      prices.set(keyOf(fill.world_id, fill.instrument), decimal(fill.price))
    },
    setPrice(worldId, instrument, price) {
      prices.set(keyOf(worldId, instrument), decimal(price))
    },
    execute({ order, instrument, terms }, bar, venue) {
      const { key, book } = bookOf(order, terms)
      const priceOf: PriceOf = (id) => prices.get(keyOf(order.world_id, id)) ?? decimal(0)
      const size = decimal(order.quantity)
      const outcome = fillMarketOrder(
        { quantity: order.side === 'buy' ? size : negate(size), reduceOnly: order.reduce_only === true },
        { instrument, referencePrice: decimal(bar.open), tsMs: bar.openTimeMs },
        terms.models,
        { book, priceOf },
      )
      if (outcome.kind === 'refused') return [endOf(order, 'invalid', outcome)]
      books.set(key, applyFill(book, outcome.fill).book)
      const filled = { kind: 'filled', fill: { ...wireFill(order, outcome.fill, instrument), venue } } as const
      return outcome.cut ? [filled, endOf(order, 'canceled', outcome.cut)] : [filled]
    },
  }
}

function endOf(order: Order, status: 'canceled' | 'invalid', { code, message }: FillRefusal): VenueReport {
  const { world_id, client_order_id } = order
  return { kind: 'ended', world_id, client_order_id, status, code, message }
}

function wireFill(order: Order, fill: LedgerFill, instrument: Instrument) {
  return {
    fill_id: `${order.order_id}-1`,
    order_id: order.order_id,
    client_order_id: order.client_order_id,
    world_id: order.world_id,
    strategy_id: order.strategy_id,
    instrument: order.instrument,
    side: sign(fill.quantity) > 0 ? ('buy' as const) : ('sell' as const),
    quantity: decimalText(absolute(fill.quantity)),
    price: decimalText(fill.price),
    fee: decimalText(fill.fee),
    fee_currency: instrument.quoteCurrency,
    liquidity: 'taker' as const,
    sequence: 1,
    filled_at: formatInstant(fill.tsMs),
  }
}
