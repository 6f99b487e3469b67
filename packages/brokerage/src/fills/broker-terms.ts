import { absolute, compare, decimalText, minus, ONE, QmtlError, sign, times, ZERO, type Decimal } from '@qmtl/contracts'
import { affordableWithFee, notionalModelOf } from '../buying-power/buying-power.ts'
import { feeOfOrder } from '../fees/fee-of-order.ts'
import { alwaysOpenHours } from '../hours/trading-hours-of.ts'
import type { BrokerProfile } from '../model/broker-profile.ts'
import type { MarketView } from '../model/market-view.ts'
import type { Fee } from '../model/money.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'
import { newOrder } from '../model/order-questions.ts'
import type { OrderState } from '../model/order-terms.ts'
import { modelsOf } from '../profiles/models-of.ts'
import { judgeSubmit } from '../rules/judge-submit.ts'
import { slipped, slippagePerUnit } from '../slippage/slip.ts'
import { securityOf } from '../symbols/security-of.ts'
import type { MarketMoment } from './market-moment.ts'
import type { TradeFee, TradeTerms } from './trade-terms.ts'

const oneToOne = { volumes: { month: '', optionContracts: ZERO, forexUsd: ZERO }, rateOf: () => ONE } as const

/**
 * A broker's terms for a market order at a bar's open: the models that its profile has for the instrument. The bar's open
 * stands for every price, so spreads are nothing; monthly volumes begin at nothing with each order. The book keeps the quote
 * currency: a fee in another one throws `E_INVALID_DATA`, but for one in the coin that a buy receives.
 */
export function brokerTerms(moment: MarketMoment, broker: BrokerProfile): TradeTerms {
  const { instrument, referencePrice, tsMs } = moment
  const security = securityOf(instrument)
  const models = modelsOf(broker, security)
  const market = marketAt(referencePrice)
  const orderOf = (quantity: Decimal): OrderState =>
    newOrder({
      id: `at ${tsMs}`,
      instrument: instrument.id,
      quantity,
      type: 'market',
      timeInForce: 'GTC',
      createdMs: tsMs,
    })
  const investable = minus(ONE, broker.requiredFreeFraction)
  const buyingPower = { ...notionalModelOf(models.buyingPower, security), investable }
  const feeOf = (quantity: Decimal, price: Decimal): TradeFee => {
    const order = orderOf(quantity)
    const accountCurrency = instrument.quoteCurrency
    const fee = feeOfOrder(models.fees, { order, security, market: marketAt(price), ...oneToOne, accountCurrency })
    return bookedFee(fee, security)
  }
  const priceOf = (quantity: Decimal): Decimal => {
    const perUnit = slippagePerUnit(models.slippage, { order: orderOf(quantity), security, market }, referencePrice)
    return slipped(referencePrice, quantity, perUnit)
  }
  return {
    buyingPower,
    priceOf,
    feeOf,
    affordable: (request, available) =>
      affordableWithFee(request, available, {
        leverage: buyingPower.leverage,
        feeOf: (quantity) => inQuote(feeOf(quantity, priceOf(quantity)), priceOf(quantity)),
      }),
    judge: (quantity, held = ZERO) => {
      const short = models.buyingPower.kind === 'cash' ? judgeShortSale(quantity, held, security) : undefined
      return (
        short ??
        judgeSubmit(broker.rules, {
          order: orderOf(quantity),
          security,
          market,
          positionQuantity: held,
          nowMs: tsMs,
        })
      )
    },
  }
}

/** A cash account sells what it has. */
function judgeShortSale(quantity: Decimal, held: Decimal, { id }: Security): Refusal | undefined {
  if (sign(quantity) >= 0 || compare(absolute(quantity), held) <= 0) return undefined
  const [limit, seen] = [decimalText(held), decimalText(absolute(quantity))]
  const message = `sell of ${seen} ${id} in a cash account that holds ${limit}: it sells nothing short`
  return { code: 'insufficientBuyingPower', limit, seen, message }
}

function marketAt(price: Decimal): MarketView {
  return { price, bid: price, ask: price, feeds: [], hours: alwaysOpenHours }
}

function inQuote({ amount, coin }: TradeFee, price: Decimal): Decimal {
  return coin === undefined ? amount : times(amount, price)
}

function bookedFee(fee: Fee, { id, quoteCurrency, baseCurrency }: Security): TradeFee {
  const { amount, currency } = fee
  if (currency === undefined || currency === quoteCurrency) return { amount }
  if (currency === baseCurrency) return { amount, coin: currency }
  throw new QmtlError('E_INVALID_DATA', `the fee of ${id} is in ${currency}; the book keeps ${quoteCurrency}`, {
    hint: 'trade instruments that are quoted in the currency of the fees',
  })
}
