import { decimal, decimalSchema } from '@qmtl/contracts'
import { Type } from 'typebox'
import { feeNames, namedFees } from '../fees/named-fees.ts'
import { securityClasses } from '../symbols/security-classes.ts'

const closed = { additionalProperties: false } as const

/** An exact number as text. */
export const decimalText = Type.Decode(decimalSchema, (text) => decimal(text))

/** An exact number of at least zero as text. */
export const amountText = Type.Decode(
  Type.String({
    pattern: '^\\d+(\\.\\d+)?$',
    maxLength: 80,
    description: 'exact decimal number of at least 0, as text',
  }),
  (text) => decimal(text),
)

/** A fraction from 0 to 1 as text. */
export const fractionText = Type.Decode(
  Type.String({
    pattern: '^(0(\\.\\d+)?|1(\\.0+)?)$',
    maxLength: 80,
    description: 'exact decimal fraction from 0 to 1, as text',
  }),
  (text) => decimal(text),
)

const currency = Type.Union([
  Type.Enum(['quote', 'account']),
  Type.Unsafe<Uppercase<string>>(Type.String({ pattern: '^[A-Z0-9]{2,12}$', description: 'currency code' })),
])

const payment = Type.Enum(['base', 'limit-or-bid', 'limit-or-side', 'side', 'price'])
const texts = Type.Array(Type.String(), { minItems: 1 })

const single = [
  Type.Object({ kind: Type.Literal('none') }, closed),
  Type.Object({ kind: Type.Literal('constant'), amount: decimalText, currency }, closed),
  Type.Object(
    {
      kind: Type.Literal('percent'),
      bps: amountText,
      minimum: Type.Optional(amountText),
      currency: Type.Optional(currency),
      of: Type.Optional(Type.Enum(['order-value', 'market-value'])),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('per-unit'),
      charges: Type.Array(amountText, { minItems: 1 }),
      currency,
      minimum: Type.Optional(amountText),
      maximumFraction: Type.Optional(amountText),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('maker-taker'),
      maker: fractionText,
      taker: fractionText,
      pays: Type.Union([Type.Literal('contract'), Type.Object({ buy: payment, sell: payment }, closed)]),
      orderMayChoose: Type.Optional(Type.Boolean()),
      hiddenTakes: Type.Optional(Type.Boolean()),
      ignoresPostOnly: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
] as const

const named = Type.Decode(Type.Enum([...feeNames]), (name) => namedFees(name))
const part = Type.Union([named, ...single])

/**
 * A fee schedule in a configuration: the name of a broker, a schedule with its numbers as text, or a sum, a choice by volume or a table
 * of such, one level deep.
 */
export const feeSchema = Type.Union([
  named,
  ...single,
  Type.Object({ kind: Type.Literal('composite'), parts: Type.Array(part, { minItems: 1 }) }, closed),
  Type.Object(
    {
      kind: Type.Literal('tiered'),
      volume: Type.Enum(['optionContracts', 'forexUsd']),
      tiers: Type.Array(Type.Object({ upTo: Type.Optional(amountText), schedule: part }, closed), { minItems: 1 }),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('first-of'),
      name: Type.String({ minLength: 1 }),
      rows: Type.Array(
        Type.Object(
          {
            assetClasses: Type.Optional(Type.Array(Type.Enum([...securityClasses]), { minItems: 1 })),
            markets: Type.Optional(texts),
            tickers: Type.Optional(texts),
            quoteCurrencies: Type.Optional(texts),
            isCoinMargined: Type.Optional(Type.Boolean()),
            quantityBelow: Type.Optional(amountText),
            schedule: part,
          },
          closed,
        ),
        { minItems: 1 },
      ),
    },
    closed,
  ),
])
