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

/** Text of a venue that is kept as it comes: printable, as a name is. */
const nameSchema = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f]+$' })

/** One execution of an order. `fee` is a cost above zero and a rebate below; `sequence` counts the fills of the order from 1. */
export const fillSchema = Type.Object(
  {
    fill_id: nameSchema,
    order_id: nameSchema,
    client_order_id: nameSchema,
    world_id: worldIdSchema,
    strategy_id: strategyIdSchema,
    instrument: instrumentSchema,
    side: Type.Enum(['buy', 'sell']),
    quantity: positiveDecimalSchema,
    price: positiveDecimalSchema,
    fee: decimalSchema,
    fee_currency: nameSchema,
    liquidity: Type.Enum(['maker', 'taker']),
    sequence: Type.Integer({ minimum: 1 }),
    venue: nameSchema,
    /** Market time of the execution. */
    filled_at: instantSchema,
    /** When the Gateway recorded it. */
    received_at: instantSchema,
  },
  closed,
)
export type Fill = Readonly<Static<typeof fillSchema>>
