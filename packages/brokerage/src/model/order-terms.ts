import type { Decimal, OrderStatus, OrderType, TimeInForce } from '@qmtl/contracts'

/** One leg of a combo; its quantity is the order's quantity × ratio. */
export interface OrderLeg {
  readonly instrument: string
  /** Signed, not zero. */
  readonly ratio: Decimal
  readonly limitPrice?: Decimal
}

/** An order as the models see it: exact and signed. `orderTermsOf` makes it of a recorded one. */
export interface OrderTerms {
  readonly id: string
  readonly instrument: string
  /** Signed: positive buys, negative sells. */
  readonly quantity: Decimal
  readonly type: OrderType
  readonly limitPrice?: Decimal
  readonly stopPrice?: Decimal
  readonly triggerPrice?: Decimal
  readonly trailingAmount?: Decimal
  /** The trailing amount is a fraction of the price: 0.1 is 10 %. */
  readonly trailingAsPercentage?: boolean
  readonly legs?: readonly OrderLeg[]
  readonly timeInForce: TimeInForce
  /** Of a `GTD` order: an instant of its last date, read on the wall clock of its exchange. */
  readonly goodTillMs?: number
  readonly postOnly?: boolean
  readonly hidden?: boolean
  readonly reduceOnly?: boolean
  readonly feeInBase?: boolean
  readonly feeInQuote?: boolean
  readonly outsideRegularTradingHours?: boolean
  readonly tag?: string
  /** When the order was submitted, epoch milliseconds UTC. */
  readonly createdMs: number
}

/** Best prices at submission. */
export interface PriceSnapshot {
  readonly bid: Decimal
  readonly ask: Decimal
  readonly last: Decimal
}

/** Where a resting order stands among those of its price. */
export interface QueuePlace {
  /** Quantity that has to trade at the price before the order does. */
  readonly ahead: Decimal
  /** End of the newest data that has moved it, epoch milliseconds UTC: each counts once. */
  readonly seenMs: number
}

/** An order with all that happened to it. */
export interface OrderState {
  readonly terms: OrderTerms
  readonly status: OrderStatus
  /** Signed as the order, never beyond it. */
  readonly filledQuantity: Decimal
  /** Absent where there was no price at submission. */
  readonly snapshot?: PriceSnapshot | undefined
  /** A stop or touch price was reached; it stays so. */
  readonly isTriggered: boolean
  /** The stop price in force: of a trailing stop it moves with the market. */
  readonly stopPrice?: Decimal | undefined
  /** Place of a resting limit order at its price, where the fill model keeps queues. */
  readonly queue?: QueuePlace | undefined
  /** The order has an id at the broker. */
  readonly brokerId?: string | undefined
  /** What to return to when a cancel fails. */
  readonly statusBeforeCancel?: OrderStatus | undefined
}

/** Fields that an update may change; the rest of an order is final. */
export type OrderUpdate = Partial<
  Pick<OrderTerms, 'quantity' | 'limitPrice' | 'stopPrice' | 'triggerPrice' | 'trailingAmount' | 'tag'>
>
