import { Type, type Static } from 'typebox'
import { closed, decimalSchema, instantSchema, instrumentSchema, positiveDecimalSchema } from '../json/schemas.ts'

/** A position from its opening to its close. Fees of both sides are in `fee`; `pnl` is after fees. An open one has no exit. */
export const tradeRecordSchema = Type.Object(
  {
    instrument: instrumentSchema,
    side: Type.Enum(['long', 'short']),
    quantity: positiveDecimalSchema,
    entry_ts: instantSchema,
    entry_price: positiveDecimalSchema,
    exit_ts: Type.Optional(instantSchema),
    exit_price: Type.Optional(positiveDecimalSchema),
    fee: decimalSchema,
    pnl: decimalSchema,
  },
  closed,
)
export type TradeRecord = Readonly<Static<typeof tradeRecordSchema>>
