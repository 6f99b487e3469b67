import { decimal, decimalText, type Decimal } from '@qmtl/contracts'
import type { FeeSchedule } from '../fees/fee-schedule.ts'
import type { SlippageModel } from '../slippage/slippage-model.ts'
import type { BuyingPowerModel } from '../buying-power/buying-power.ts'

/**
 * When a market order fills: `next-open` at the open of the first bar after the bar that decided it, `close` at the close
 * of the deciding bar itself, which no live venue can promise: results made with it are marked.
 */
export type FillRule = 'next-open' | 'close'

/** What reality costs and allows, as data: one record for backtest, paper and shadow. */
export interface RealityModels {
  readonly fees: FeeSchedule
  readonly slippage: SlippageModel
  readonly fill: FillRule
  readonly buyingPower: BuyingPowerModel
}

export interface RealityModelOptions {
  /** Percent fee in basis points of the notional. Default 0. */
  readonly feeBps?: string | number | undefined
  /** Slippage in basis points of the reference price, against the order. Default 0. */
  readonly slippageBps?: string | number | undefined
  /** Default `next-open`. */
  readonly fill?: FillRule | undefined
  /** Equity times this bounds the gross notional. Default 1: no borrowed money. */
  readonly leverage?: string | number | undefined
}

/** The models that costs in basis points describe: percent fees, proportional slippage, buying power by leverage. */
export function realityModels(options: RealityModelOptions = {}): RealityModels {
  return {
    fees: { kind: 'percent', bps: decimal(options.feeBps ?? 0) },
    slippage: { kind: 'bps', bps: decimal(options.slippageBps ?? 0) },
    fill: options.fill ?? 'next-open',
    buyingPower: { kind: 'leverage', leverage: decimal(options.leverage ?? 1), unaffordable: 'reduce' },
  }
}

/** Names and parameters of the models for evidence and fingerprints: equal texts, equal behaviour. */
export function describeModels(models: RealityModels): Readonly<Record<string, string>> {
  const { fees, slippage, fill, buyingPower } = models
  return {
    fees: `${fees.kind}(${bpsText(fees.bps)})`,
    slippage: `${slippage.kind}(${bpsText(slippage.bps)})`,
    fill,
    buying_power: `${buyingPower.kind}(${decimalText(buyingPower.leverage)}, ${buyingPower.unaffordable})`,
  }
}

function bpsText(bps: Decimal): string {
  return `${decimalText(bps)} bps`
}
