import { Type } from 'typebox'

/** Refuses members that a schema does not name: what every request object uses. */
export const closed = { additionalProperties: false } as const

export const decimalSchema = Type.String({
  pattern: '^-?\\d+(\\.\\d+)?$',
  maxLength: 80,
  description: 'exact decimal number as text',
})
export const positiveDecimalSchema = Type.String({
  pattern: '^(?=.*[1-9])\\d+(\\.\\d+)?$',
  maxLength: 80,
  description: 'exact decimal number above zero, as text',
})
export const instantSchema = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z$',
  description: 'RFC 3339 instant in UTC',
})
/** A world's id; `__default__` is the SDK's default world. */
export const worldIdSchema = Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$', description: 'world id' })
export const strategyIdSchema = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'strategy id' })
export const instrumentSchema = Type.String({
  pattern: '^\\S{1,60}\\.[A-Za-z0-9_-]{1,20}$',
  description: 'SYMBOL.VENUE',
})
export const intervalSchema = Type.String({ pattern: '^[1-9]\\d{0,5}[smhd]$', description: 'bar interval such as 1h' })
export const runIdSchema = Type.String({
  pattern: '^[A-Za-z0-9_.:-]{1,100}$',
  description: 'id of a run, chosen by the caller',
})
export const jsonObjectSchema = Type.Record(Type.String(), Type.Unknown())
export const nullableTextSchema = Type.Union([Type.String(), Type.Null()])
