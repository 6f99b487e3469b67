import { assertNever, decimal, decimalSchema } from '@qmtl/contracts'
import { Type, type Static } from 'typebox'
import type { FeeRow, FeeSchedule } from '../fees/fee-schedule.ts'
import { feeNames, namedFees } from '../fees/named-fees.ts'
import { securityClasses } from '../symbols/security-classes.ts'

const closed = { additionalProperties: false } as const

/** An exact number of at least zero as text. */
export const amountText = Type.String({
  pattern: '^\\d+(\\.\\d+)?$',
  maxLength: 80,
  description: 'exact decimal number of at least 0, as text',
})

/** A fraction from 0 to 1 as text. */
export const fractionText = Type.String({
  pattern: '^(0(\\.\\d+)?|1(\\.0+)?)$',
  maxLength: 80,
  description: 'exact decimal fraction from 0 to 1, as text',
})

const currency = Type.Union([
  Type.Enum(['quote', 'account']),
  Type.Unsafe<Uppercase<string>>(Type.String({ pattern: '^[A-Z0-9]{2,12}$', description: 'currency code' })),
])

const payment = Type.Enum(['base', 'limit-or-bid', 'limit-or-side', 'side', 'price'])
const texts = Type.Array(Type.String(), { minItems: 1 })

const singles = [
  Type.Object({ kind: Type.Literal('none') }, closed),
  Type.Object({ kind: Type.Literal('constant'), amount: decimalSchema, currency }, closed),
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

const named = Type.Enum([...feeNames])
const part = Type.Union([named, ...singles])

/**
 * A fee schedule in a configuration: the name of a broker, a schedule with its numbers as text, or a sum, a choice by volume or a table
 * of such, one level deep.
 */
export const feeSchema = Type.Union([
  named,
  ...singles,
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

type SingleConfig = Static<(typeof singles)[number]>
type FeeConfig = Static<typeof feeSchema>

/** The schedule that a valid configuration describes. */
export function feesOf(config: FeeConfig): FeeSchedule {
  if (typeof config === 'string') return namedFees(config)
  switch (config.kind) {
    case 'composite':
      return { kind: 'composite', parts: config.parts.map(feesOf) }
    case 'tiered':
      return {
        ...config,
        tiers: config.tiers.map(({ upTo, schedule }) => ({
          ...(upTo !== undefined && { upTo: decimal(upTo) }),
          schedule: feesOf(schedule),
        })),
      }
    case 'first-of':
      return { ...config, rows: config.rows.map(rowOf) }
    default:
      return singleOf(config)
  }
}

function singleOf(config: SingleConfig): FeeSchedule {
  switch (config.kind) {
    case 'none':
      return config
    case 'constant':
      return { ...config, amount: decimal(config.amount) }
    case 'percent': {
      const { minimum, ...percent } = config
      return { ...percent, bps: decimal(config.bps), ...(minimum !== undefined && { minimum: decimal(minimum) }) }
    }
    case 'per-unit': {
      const { minimum, maximumFraction, ...perUnit } = config
      const charges = config.charges.map((charge) => decimal(charge))
      return {
        ...perUnit,
        charges,
        ...(minimum !== undefined && { minimum: decimal(minimum) }),
        ...(maximumFraction !== undefined && { maximumFraction: decimal(maximumFraction) }),
      }
    }
    case 'maker-taker':
      return { ...config, maker: decimal(config.maker), taker: decimal(config.taker) }
    default:
      return assertNever(config)
  }
}

function rowOf({
  quantityBelow,
  schedule,
  ...conditions
}: Extract<FeeConfig, { kind: 'first-of' }>['rows'][number]): FeeRow {
  return {
    ...conditions,
    ...(quantityBelow !== undefined && { quantityBelow: decimal(quantityBelow) }),
    schedule: feesOf(schedule),
  }
}
