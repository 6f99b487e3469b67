import { Type, type Static } from 'typebox'
import { closed, instantSchema } from '../json/schemas.ts'

/** One gate between a strategy and its orders, in the order an order meets them. */
export const explainedGateSchema = Type.Object(
  {
    gate: Type.String(),
    open: Type.Boolean(),
    reason: Type.String(),
    since: Type.Union([instantSchema, Type.Null()]),
    /** What opens it; null while it is open. */
    opens_when: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
)
export type ExplainedGate = Readonly<Static<typeof explainedGateSchema>>

/** Why a strategy is, or is not, trading: `first_closed` names the first closed gate. */
export const explanationSchema = Type.Object(
  {
    strategy_id: Type.String(),
    world_id: Type.String(),
    trading: Type.Boolean(),
    first_closed: Type.Union([explainedGateSchema, Type.Null()]),
    gates: Type.Array(explainedGateSchema),
  },
  closed,
)
export type Explanation = Readonly<Static<typeof explanationSchema>>
