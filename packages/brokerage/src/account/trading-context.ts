import { QmtlError, times, type Decimal } from '@qmtl/contracts'
import type { FeeOf } from '../buying-power/cash-model.ts'
import { feeOfOrder } from '../fees/fee-of-order.ts'
import type { Account, Portfolio } from '../model/account.ts'
import type { BrokerProfile, SecurityModels } from '../model/broker-profile.ts'
import type { MarketView, RateOf } from '../model/market-view.ts'
import type { Fee } from '../model/money.ts'
import { newOrder } from '../model/order-questions.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'
import { modelsOf } from '../profiles/models-of.ts'
import { volumesAt } from './open-account.ts'

/** The world around an account at an instant. */
export interface TradingContext {
  readonly profile: BrokerProfile
  /** Undefined: not known. */
  readonly findSecurity: (instrument: string) => Security | undefined
  /** Undefined: nothing was received of it. */
  readonly findMarket: (instrument: string) => MarketView | undefined
  readonly rateOf: RateOf
  /** Epoch milliseconds UTC. */
  readonly nowMs: number
  /** Orders of a live account; a backtest turns market orders on daily data into auction orders. */
  readonly isLive: boolean
  readonly isWarmingUp: boolean
  /** Orders taken in the run so far, and how many it may take. */
  readonly orderCount: number
  readonly maxOrders: number
  /** Wall clock of New York, where days of forex end; default: the clock of the exchange. */
  readonly newYork?: MarketView['hours']
  /** Funding rate of a perpetual contract, where one is known. */
  readonly fundingRateOf?: (instrument: string) => Decimal | undefined
}

/** The account as models see it in this context. */
export function portfolioIn(account: Account, context: TradingContext): Portfolio {
  const { profile, rateOf, nowMs } = context
  return {
    account,
    securityOf: (instrument) => securityIn(context, instrument),
    marketOf: (instrument) => marketIn(context, instrument),
    rateOf,
    buyingPowerOf: (security) => modelsOf(profile, security).buyingPower,
    requiredFreeFraction: profile.requiredFreeFraction,
    nowMs,
  }
}

/** Throws `E_UNKNOWN_INSTRUMENT`. */
export function securityIn({ findSecurity }: TradingContext, instrument: string): Security {
  const security = findSecurity(instrument)
  if (security) return security
  throw new QmtlError('E_UNKNOWN_INSTRUMENT', `${instrument} is not known to the account`)
}

/** Throws `E_DATA_MISSING`. */
export function marketIn({ findMarket }: TradingContext, instrument: string): MarketView {
  const market = findMarket(instrument)
  if (market) return market
  throw new QmtlError('E_DATA_MISSING', `nothing was received of ${instrument}`)
}

/** An order with all that its models read. */
export interface OrderScene {
  readonly account: Account
  readonly order: OrderState
  readonly security: Security
  readonly market: MarketView
  readonly models: SecurityModels
  readonly context: TradingContext
}

/** The scene of an order; another order of the same instrument in the same account may take its place. */
export function sceneOf(
  order: OrderState,
  { account, security, market, context }: Pick<OrderScene, 'account' | 'security' | 'market' | 'context'>,
): OrderScene {
  return { account, order, security, market, models: modelsOf(context.profile, security), context }
}

/** The fee of an order once all of it is filled. */
export function feeIn({ account, order, security, market, models, context }: OrderScene): Fee {
  const { rateOf, nowMs } = context
  const { volumes, currency: accountCurrency } = account
  const current = volumes.month === '' ? volumes : volumesAt(volumes, nowMs)
  return feeOfOrder(models.fees, { order, security, market, rateOf, volumes: current, accountCurrency })
}

/** What buying power asks of fees, in account currency: that of the order, and that of a market order of any size. */
export function feeQuestions(
  scene: OrderScene,
  fee: Fee = feeIn(scene),
): { readonly fee: Decimal; readonly feeOf: FeeOf } {
  return { fee: inAccount(fee, scene), feeOf: (quantity) => inAccount(marketFee(scene, quantity), scene) }
}

/** A fee in account currency at current rates. */
function inAccount({ amount, currency }: Fee, { account, context }: OrderScene): Decimal {
  if (currency === undefined || currency === account.currency) return amount
  return times(amount, context.rateOf(currency))
}

function marketFee(scene: OrderScene, quantity: Decimal): Fee {
  const { id, instrument, timeInForce, createdMs } = scene.order.terms
  const order = newOrder({ id, instrument, type: 'market', quantity, timeInForce, createdMs })
  return feeIn(sceneOf(order, scene))
}
