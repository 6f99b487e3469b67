import { assertNever, decimal, QmtlError, schemaCauses } from '@qmtl/contracts'
import { Type, type Static, type TProperties } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { BuyingPowerModel } from '../buying-power/buying-power-model.ts'
import { fillModel, type FillModel } from '../fills/fill-model.ts'
import type { BrokerProfile, ProfileHook, SecurityModels } from '../model/broker-profile.ts'
import type { SlippageModel } from '../slippage/slippage-model.ts'
import { securityClasses } from '../symbols/security-classes.ts'
import { brokerProfile } from './broker-profile-of.ts'
import { amountText, feeSchema, feesOf, fractionText } from './fee-schema.ts'

const closed = { additionalProperties: false } as const
const unaffordable = Type.Enum(['reduce', 'refuse'])
const whole = Type.Integer({ minimum: 0 })

const fill = Type.Object(
  {
    kind: Type.Enum(['immediate', 'latest-price', 'equity', 'future', 'future-option']),
    stalePriceSpanMs: Type.Optional(whole),
    maxVolumeFraction: Type.Optional(amountText),
  },
  closed,
)

const slippage = Type.Union([
  Type.Object({ kind: Type.Literal('none') }, closed),
  Type.Object({ kind: Type.Literal('bps'), bps: amountText }, closed),
  Type.Object({ kind: Type.Literal('constant'), fraction: fractionText }, closed),
  Type.Object({ kind: Type.Literal('spread'), fraction: amountText }, closed),
  Type.Object({ kind: Type.Literal('volume-share'), volumeLimit: fractionText, priceImpact: amountText }, closed),
])

const settlement = Type.Union([
  Type.Object({ kind: Type.Enum(['immediate', 'account-currency', 'future-daily']) }, closed),
  Type.Object(
    {
      kind: Type.Literal('delayed'),
      days: Type.Integer({ minimum: 0, maximum: 30 }),
      timeOfDayMs: Type.Integer({ minimum: 0, maximum: 86_399_999 }),
    },
    closed,
  ),
])

const buyingPower = Type.Union([
  Type.Object({ kind: Type.Enum(['leverage', 'crypto-future']), leverage: amountText, unaffordable }, closed),
  Type.Object(
    {
      kind: Type.Literal('pattern-day-trading'),
      closedLeverage: amountText,
      openLeverage: amountText,
      unaffordable,
    },
    closed,
  ),
  Type.Object({ kind: Type.Enum(['future', 'option', 'future-option', 'cash']), unaffordable }, closed),
])

const interest = Type.Object({ kind: Type.Enum(['none', 'short-interest', 'perpetual-funding']) }, closed)

/** One part of the models or more; what is absent stays as the broker has it. */
const partsSchema = Type.Object(
  {
    fill: Type.Optional(fill),
    slippage: Type.Optional(slippage),
    fees: Type.Optional(feeSchema),
    settlement: Type.Optional(settlement),
    buyingPower: Type.Optional(buyingPower),
    interest: Type.Optional(interest),
  },
  closed,
)

type PartsConfig = Static<typeof partsSchema>

const configSchema = Type.Object(
  {
    profile: Type.String({ minLength: 1 }),
    accountType: Type.Optional(Type.Enum(['cash', 'margin'])),
    requiredFreeFraction: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d+)?$' })),
    fees: Type.Optional(feeSchema),
    classes: Type.Optional(
      Type.Object(Object.fromEntries(securityClasses.map((one) => [one, Type.Optional(partsSchema)])), closed),
    ),
    instruments: Type.Optional(Type.Record(Type.String(), partsSchema)),
    hook: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
)

/** Compiled when first asked for: most processes read no configuration. */
let compiled: Validator<TProperties, typeof configSchema> | undefined

/**
 * The profile that a configuration describes: `profile` names the broker; `accountType`, `requiredFreeFraction`, `fees` (of all
 * classes), `classes` and `instruments` replace parts of it as in `ProfileOptions`, with the names that `describeProfile` shows and
 * numbers as text; `hook` names one of the hooks given, which has the last word. Throws `E_INVALID_CONFIG` with every member that is
 * unknown or malformed and for a hook that is not given, else like `brokerProfile`.
 */
export function readProfileConfig(config: unknown, hooks: readonly ProfileHook[] = []): BrokerProfile {
  const { profile, hook: hookName, fees, classes, instruments, ...options } = checked(config)
  const hook = hookName === undefined ? undefined : hookNamed(hookName, hooks)
  return brokerProfile(profile, {
    ...options,
    ...(fees && { fees: feesOf(fees) }),
    ...(classes && { classes: mapped(classes) }),
    ...(instruments && { instruments: mapped(instruments) }),
    hook,
  })
}

function checked(config: unknown): Static<typeof configSchema> {
  const validator = (compiled ??= Compile(configSchema))
  if (validator.Check(config)) return config
  const errors = schemaCauses(validator, config)
  const [first] = errors
  const what = `${first?.path ?? '/'} ${first?.message ?? 'is malformed'}`
  throw new QmtlError('E_INVALID_CONFIG', `broker profile: ${what}`, { errors })
}

function mapped(entries: Readonly<Record<string, PartsConfig | undefined>>) {
  return Object.fromEntries(Object.entries(entries).map(([name, parts]) => [name, partsOf(parts ?? {})]))
}

function partsOf({
  fill: fills,
  slippage: slips,
  fees,
  buyingPower: power,
  ...parts
}: PartsConfig): Partial<SecurityModels> {
  return {
    ...parts,
    ...(fills && { fill: fillOf(fills) }),
    ...(slips && { slippage: slippageOf(slips) }),
    ...(fees && { fees: feesOf(fees) }),
    ...(power && { buyingPower: buyingPowerOf(power) }),
  }
}

function fillOf({ maxVolumeFraction, ...config }: Static<typeof fill>): FillModel {
  return {
    ...fillModel(config.kind),
    ...config,
    ...(maxVolumeFraction !== undefined && { maxVolumeFraction: decimal(maxVolumeFraction) }),
  }
}

function slippageOf(config: Static<typeof slippage>): SlippageModel {
  switch (config.kind) {
    case 'none':
      return config
    case 'bps':
      return { kind: 'bps', bps: decimal(config.bps) }
    case 'constant':
    case 'spread':
      return { kind: config.kind, fraction: decimal(config.fraction) }
    case 'volume-share':
      return { ...config, volumeLimit: decimal(config.volumeLimit), priceImpact: decimal(config.priceImpact) }
    default:
      return assertNever(config)
  }
}

function buyingPowerOf(config: Static<typeof buyingPower>): BuyingPowerModel {
  switch (config.kind) {
    case 'leverage':
    case 'crypto-future':
      return { ...config, leverage: decimal(config.leverage) }
    case 'pattern-day-trading': {
      const { closedLeverage, openLeverage } = config
      return { ...config, closedLeverage: decimal(closedLeverage), openLeverage: decimal(openLeverage) }
    }
    default:
      return config
  }
}

function hookNamed(name: string, hooks: readonly ProfileHook[]): ProfileHook {
  const hook = hooks.find((one) => one.name === name)
  if (hook) return hook
  const known = hooks.length === 0 ? 'no hook is given' : `known are ${hooks.map((one) => one.name).join(', ')}`
  throw new QmtlError('E_INVALID_CONFIG', `broker profile: /hook '${name}' is not known; ${known}`, {
    errors: [{ path: '/hook', message: known, value: name }],
  })
}
