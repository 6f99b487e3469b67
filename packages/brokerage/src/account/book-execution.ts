import { absolute, dividedBy, isZero, negate, plus, sign, ZERO, type Decimal } from '@qmtl/contracts'
import type { Execution } from '../fills/attempt-fill.ts'
import { applyCash } from '../ledger/apply-cash.ts'
import { applyFill, fillValue, type AppliedFill } from '../ledger/apply-fill.ts'
import type { Accounting, Book, LedgerFill } from '../ledger/book.ts'
import type { Account } from '../model/account.ts'
import type { CashMovement, Fee, MonthlyVolumes } from '../model/money.ts'
import { orderValue } from '../model/order-questions.ts'
import type { Security, SecurityClass } from '../model/security.ts'
import { settleAmount } from '../settlement/settle-amount.ts'
import { volumesAt } from './open-account.ts'
import type { OrderScene } from './trading-context.ts'

/** How positions of a class are accounted for. */
export function accountingOf({
  assetClass,
  isCoinMargined,
}: Pick<Security, 'assetClass' | 'isCoinMargined'>): Accounting {
  if (isCoinMargined === true) return 'inverse'
  return accountings[assetClass] ?? 'asset'
}

const accountings: Readonly<Partial<Record<SecurityClass, Accounting>>> = {
  forex: 'exchange',
  crypto: 'exchange',
  future: 'contract',
  futureOption: 'contract',
  cfd: 'contract',
  cryptoFuture: 'contract',
}

/** An execution in the form of the ledger. */
export function ledgerFill(
  execution: Execution,
  security: Security,
  at: { readonly fee: Fee; readonly nowMs: number },
): LedgerFill {
  const accounting = accountingOf(security)
  const { baseCurrency, quoteCurrency } = security
  const currency = accounting === 'inverse' && baseCurrency !== undefined ? baseCurrency : quoteCurrency
  return {
    instrument: security.id,
    quantity: execution.quantity,
    price: execution.price,
    multiplier: security.multiplier,
    fee: at.fee.amount,
    tsMs: at.nowMs,
    accounting,
    currency,
    feeCurrency: at.fee.currency ?? currency,
    baseCurrency,
  }
}

/** The account after a fill: book moved, money settled or sent on its way, volumes of the month counted. */
export function bookFill(
  scene: OrderScene,
  fill: LedgerFill,
): { readonly account: Account; readonly applied: AppliedFill } {
  const { account } = scene
  const applied = applyFill(account.book, fill)
  const volumes = countVolume(scene, fill)
  const { type, currency, unsettled, orders, clocks, markedDays } = account
  const next = { type, currency, book: applied.book, unsettled, orders, clocks, markedDays, volumes }
  const settled = settle(next, scene, fill)
  return { account: settled, applied }
}

/** Takes back the money that a settlement model does not move at once, and moves or queues what it says instead. */
function settle(account: Account, scene: OrderScene, fill: LedgerFill): Account {
  const { models, market, context } = scene
  const isPlain = models.settlement.kind === 'immediate' || models.settlement.kind === 'future-daily'
  if (isPlain || fill.accounting === 'exchange') return account
  const amount = negate(fillValue(fill))
  if (fill.accounting !== 'asset' || isZero(amount)) return account
  const { rateOf, nowMs } = context
  const currency = fill.currency ?? account.currency
  const request = { currency, amount, atMs: nowMs, reason: 'settlement', instrument: fill.instrument } as const
  const { movements, queued } = settleAmount(models.settlement, {
    ...request,
    hours: market.hours,
    rateOf,
    accountCurrency: account.currency,
  })
  const undone: CashMovement = { ...request, amount: negate(amount) }
  const book = [undone, ...movements].reduce<Book>(applyCash, account.book)
  return { ...account, book, unsettled: [...account.unsettled, ...queued] }
}

function countVolume({ account, order, security, market, context }: OrderScene, fill: LedgerFill): MonthlyVolumes {
  const isOption = security.assetClass === 'option' || security.assetClass === 'indexOption'
  if (!isOption && security.assetClass !== 'forex') return account.volumes
  const volumes = volumesAt(account.volumes, context.nowMs)
  if (isOption) return { ...volumes, optionContracts: plus(volumes.optionContracts, absolute(fill.quantity)) }
  const { rateOf } = context
  const part = { ...order, terms: { ...order.terms, quantity: fill.quantity } }
  const value = absolute(orderValue(part, security, { price: market.price, rateOf }))
  return { ...volumes, forexUsd: plus(volumes.forexUsd, inUsd(value, rateOf('USD'))) }
}

function inUsd(value: Decimal, rate: Decimal): Decimal {
  return sign(rate) > 0 ? dividedBy(value, rate) : ZERO
}
