import { times, type Decimal } from '@qmtl/contracts'
import { affordableQuantity, type AffordRequest, type NotionalModel } from '../buying-power/buying-power.ts'
import { feeForNotional } from '../fees/fee-schedule.ts'
import type { Refusal } from '../model/refusal.ts'
import type { RealityModels } from '../models/reality-models.ts'
import { slippedPrice } from '../slippage/slippage-model.ts'
import type { MarketMoment } from './market-moment.ts'

/** A fee in quote currency, or in the coin that was bought. */
export interface TradeFee {
  readonly amount: Decimal
  readonly coin?: string
}

/** What trading one instrument at one moment is like: price, fee, funds and rules as functions of a signed quantity. */
export interface TradeTerms {
  /** `investable` is the share of equity that orders may use; absent: all of it. */
  readonly buyingPower: NotionalModel & { readonly investable?: Decimal }
  readonly priceOf: (quantity: Decimal) => Decimal
  readonly feeOf: (quantity: Decimal, price: Decimal) => TradeFee
  /** The largest part of the quantity that the available notional pays with its fee. */
  readonly affordable: (request: AffordRequest, available: Decimal) => Decimal
  /** The broker's rules; absent: every order is taken. `held` is the position, where a book is known. */
  readonly judge?: (quantity: Decimal, held: Decimal | undefined) => Refusal | undefined
}

/** Percent fees and proportional slippage. */
export function percentTerms({ instrument, referencePrice }: MarketMoment, models: RealityModels): TradeTerms {
  const { fees, slippage, buyingPower } = models
  return {
    buyingPower,
    priceOf: (quantity) => slippedPrice(referencePrice, quantity, slippage),
    feeOf: (quantity, price) => ({
      amount: feeForNotional(times(times(quantity, price), instrument.multiplier), fees),
    }),
    affordable: (request, available) => affordableQuantity(request, available, models),
  }
}
