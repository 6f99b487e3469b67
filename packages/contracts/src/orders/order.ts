import { Type, type Static } from 'typebox'
import {
  closed,
  decimalSchema,
  instantSchema,
  instrumentSchema,
  positiveDecimalSchema,
  strategyIdSchema,
  worldIdSchema,
} from '../json/schemas.ts'

export const orderTypes = [
  'market',
  'limit',
  'stop_market',
  'stop_limit',
  'trailing_stop',
  'limit_if_touched',
  'market_on_open',
  'market_on_close',
  'option_exercise',
  'combo_market',
  'combo_limit',
  'combo_leg_limit',
] as const
export type OrderType = (typeof orderTypes)[number]

export const timesInForce = ['GTC', 'DAY', 'GTD', 'IOC', 'FOK'] as const
export type TimeInForce = (typeof timesInForce)[number]

export const orderStatuses = [
  'new',
  'submitted',
  'partially_filled',
  'filled',
  'canceled',
  'invalid',
  'cancel_pending',
  'update_submitted',
] as const
export type OrderStatus = (typeof orderStatuses)[number]

const legSchema = Type.Object(
  { instrument: instrumentSchema, ratio: decimalSchema, limit_price: Type.Optional(positiveDecimalSchema) },
  closed,
)

const orderMembers = {
  client_order_id: Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' }),
  world_id: worldIdSchema,
  strategy_id: strategyIdSchema,
  instrument: instrumentSchema,
  side: Type.Enum(['buy', 'sell']),
  quantity: positiveDecimalSchema,
  type: Type.Enum(orderTypes),
  limit_price: Type.Optional(positiveDecimalSchema),
  stop_price: Type.Optional(positiveDecimalSchema),
  trigger_price: Type.Optional(positiveDecimalSchema),
  trailing_amount: Type.Optional(positiveDecimalSchema),
  trailing_as_percentage: Type.Optional(Type.Boolean()),
  legs: Type.Optional(Type.Array(legSchema, { minItems: 2, maxItems: 20 })),
  time_in_force: Type.Enum(timesInForce),
  good_till: Type.Optional(instantSchema),
  post_only: Type.Optional(Type.Boolean()),
  hidden: Type.Optional(Type.Boolean()),
  reduce_only: Type.Optional(Type.Boolean()),
  fee_in_base: Type.Optional(Type.Boolean()),
  fee_in_quote: Type.Optional(Type.Boolean()),
  outside_regular_trading_hours: Type.Optional(Type.Boolean()),
  tag: Type.Optional(Type.String({ maxLength: 200 })),
  /** Activation epoch under which the order was decided; every gate refuses an older one. */
  epoch: Type.Integer({ minimum: 0 }),
  /** Open time of the bar that the decision was made on. */
  bar_ts: instantSchema,
  /** Price the decision was made at, for limits on notional before a fill is known. */
  reference_price: positiveDecimalSchema,
}

/** What a type of order cannot be judged or sent without. A trailing stop may come without its first stop price. */
const neededMembers = {
  market: [],
  limit: ['limit_price'],
  stop_market: ['stop_price'],
  stop_limit: ['stop_price', 'limit_price'],
  trailing_stop: ['trailing_amount'],
  limit_if_touched: ['trigger_price', 'limit_price'],
  market_on_open: [],
  market_on_close: [],
  option_exercise: [],
  combo_market: ['legs'],
  combo_limit: ['legs', 'limit_price'],
  combo_leg_limit: ['legs'],
} as const satisfies Record<OrderType, readonly (keyof typeof orderMembers)[]>

const needs = Object.entries(neededMembers)
  .filter(([, names]) => names.length > 0)
  .map(([type, names]) => ({
    if: { required: ['type'], properties: { type: { const: type } } },
    then: { required: names },
  }))

/** An order as a runner sends it, with the prices that its type needs. Quantity is above zero, `side` gives its sign. */
export const orderRequestSchema = Type.Object(orderMembers, { ...closed, allOf: needs })
export type OrderRequest = Readonly<Static<typeof orderRequestSchema>>

/** An order as the Gateway keeps it. */
export const orderSchema = Type.Object(
  {
    ...orderMembers,
    order_id: Type.String(),
    status: Type.Enum(orderStatuses),
    filled_quantity: decimalSchema,
    /** Why the order ended without being filled: a code and a sentence. */
    reason: Type.Optional(Type.String()),
    venue: Type.Optional(Type.String()),
    created_at: instantSchema,
    updated_at: instantSchema,
  },
  closed,
)
export type Order = Readonly<Static<typeof orderSchema>>

/** True for an order that no event changes any more. */
export function isClosedOrder(status: OrderStatus): boolean {
  return status === 'filled' || status === 'canceled' || status === 'invalid'
}
