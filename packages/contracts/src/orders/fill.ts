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

/** One execution of an order. `fee` is a cost above zero and a rebate below; `sequence` counts the fills of the order from 1. */
export const fillSchema = Type.Object(
  {
    fill_id: Type.String(),
    order_id: Type.String(),
    client_order_id: Type.String(),
    world_id: worldIdSchema,
    strategy_id: strategyIdSchema,
    instrument: instrumentSchema,
    side: Type.Enum(['buy', 'sell']),
    quantity: positiveDecimalSchema,
    price: positiveDecimalSchema,
    fee: decimalSchema,
    fee_currency: Type.String(),
    liquidity: Type.Enum(['maker', 'taker']),
    sequence: Type.Integer({ minimum: 1 }),
    venue: Type.String(),
    /** Market time of the execution. */
    filled_at: instantSchema,
    /** When the Gateway recorded it. */
    received_at: instantSchema,
  },
  closed,
)
export type Fill = Readonly<Static<typeof fillSchema>>
