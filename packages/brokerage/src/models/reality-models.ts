import { compare, decimal, decimalText, QmtlError, sign, ZERO, type Decimal, type ErrorCause } from '@qmtl/contracts'
import { feeModelText } from '../fees/fee-model-text.ts'
import type { PercentFee } from '../fees/fee-schedule.ts'
import type { ProportionalSlippage } from '../slippage/slippage-model.ts'
import type { NotionalModel } from '../buying-power/buying-power.ts'
import type { BrokerProfile } from '../model/broker-profile.ts'
import { describeProfile } from '../profiles/describe-profile.ts'

/**
 * When a market order fills: `next-open` at the open of the first bar after the bar that decided it, `close` at the close
 * of the deciding bar itself, which no live venue can promise: results made with it are marked.
 */
export type FillRule = 'next-open' | 'close'

/** What reality costs and allows, as data: one record for backtest, paper and shadow. */
export interface RealityModels {
  readonly fees: PercentFee
  readonly slippage: ProportionalSlippage
  readonly fill: FillRule
  readonly buyingPower: NotionalModel
  /** A broker whose models act in place of fees, slippage and buying power, and whose rules judge every order. */
  readonly broker?: BrokerProfile
}

export interface RealityModelOptions {
  /** Percent fee in basis points of the notional, 0 to 10,000. Default 0. */
  readonly feeBps?: string | number | undefined
  /** Slippage in basis points of the reference price, against the order, 0 to 10,000. Default 0. */
  readonly slippageBps?: string | number | undefined
  /** Default `next-open`. */
  readonly fill?: FillRule | undefined
  /** Equity times this bounds the gross notional; above 0. Default 1: no borrowed money. */
  readonly leverage?: string | number | undefined
  /** A broker instead of costs in basis points. */
  readonly broker?: BrokerProfile | undefined
}

const allBps = decimal(10_000)

/**
 * The models that costs in basis points describe: percent fees, proportional slippage, buying power by leverage. Throws
 * `E_INVALID_PARAMETER` for costs that would pay the trader or take more than everything and for a leverage that is not
 * above 0; `E_INVALID_DECIMAL` for what is no number.
 */
export function realityModels(options: RealityModelOptions = {}): RealityModels {
  const feeBps = decimal(options.feeBps ?? 0)
  const slippageBps = decimal(options.slippageBps ?? 0)
  const leverage = decimal(options.leverage ?? 1)
  refuse([
    ...costFaults('feeBps', feeBps),
    ...costFaults('slippageBps', slippageBps),
    ...(sign(leverage) > 0 ? [] : [faultOf('leverage', 'must be above 0', leverage)]),
  ])
  return {
    fees: { kind: 'percent', bps: feeBps },
    slippage: { kind: 'bps', bps: slippageBps },
    fill: options.fill ?? 'next-open',
    buyingPower: { kind: 'leverage', leverage, unaffordable: 'reduce' },
    ...(options.broker && { broker: options.broker }),
  }
}

/** Names and parameters of the models for evidence and fingerprints: equal texts, equal behaviour. */
export function describeModels(models: RealityModels): Readonly<Record<string, string>> {
  const { fees, slippage, fill, buyingPower, broker } = models
  if (broker) return { fill, ...describeBroker(broker) }
  return {
    fees: feeModelText(fees),
    slippage: `${slippage.kind}(${bpsText(slippage.bps)})`,
    fill,
    buying_power: `${buyingPower.kind}(${decimalText(buyingPower.leverage)}, ${buyingPower.unaffordable})`,
  }
}

function describeBroker(broker: BrokerProfile): Readonly<Record<string, string>> {
  const { id, accountType, requiredFreeFraction, rules, hook, rows } = describeProfile(broker)
  const byClass = rows.map(({ of, models }) => {
    const parts = Object.entries(models).map(([part, text]) => `${part} ${text}`)
    return [`models of ${of}`, parts.join('; ')] as const
  })
  const account = { profile: id, account: accountType, required_free_fraction: requiredFreeFraction, rules }
  return { ...account, ...(hook === undefined ? {} : { hook }), ...Object.fromEntries(byClass) }
}

function bpsText(bps: Decimal): string {
  return `${decimalText(bps)} bps`
}

function costFaults(path: string, bps: Decimal): readonly ErrorCause[] {
  const isCost = compare(bps, ZERO) >= 0 && compare(bps, allBps) <= 0
  return isCost ? [] : [faultOf(path, 'must be from 0 to 10000', bps)]
}

function faultOf(path: string, message: string, value: Decimal): ErrorCause {
  return { path, message, value: decimalText(value) }
}

function refuse(errors: readonly ErrorCause[]): void {
  if (errors.length === 0) return
  const list = errors.map(({ path, message, value }) => `${path} ${message}, seen ${String(value)}`).join('; ')
  throw new QmtlError('E_INVALID_PARAMETER', `models: ${list}`, { errors })
}
