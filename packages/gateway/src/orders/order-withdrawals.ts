import type { CancelAnswer, Venue } from '@qmtl/brokerage'
import { assertNever, type Order } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import type { TradingDomain } from '../database/tables.ts'

/** An order that a venue is to end, for whether it has it is not known. */
export interface Withdrawal {
  readonly order: Order
  readonly venue: Venue
  /** Why the order ended, should the venue never have had it. */
  readonly ifUnknown: string
}

export interface Destination {
  readonly venue: string
  readonly domain: TradingDomain
}

export interface WithdrawalPorts {
  readonly cancel: (venue: Venue, order: Order) => Promise<CancelAnswer>
  /** Records what the venue said: the order ends there, or it ended unsent for the reason given. */
  readonly onAnswer: (order: Order, answer: { readonly isThere: true } | { readonly lost: string }) => Promise<void>
  readonly log: Logger
}

/** Orders to be ended at their venues, each until its venue has said whether it had it. */
export interface Withdrawals {
  has(orderId: string): boolean
  /** Asks once; what is not answered is asked again by `askAgain`. */
  add(withdrawal: Withdrawal): Promise<void>
  /** Takes an order over without asking yet. */
  note(withdrawal: Withdrawal): void
  /** Asks for all that are left, venue by venue at once; a venue that does not answer is left for the next time. */
  askAgain(): Promise<void>
}

export function createWithdrawals(ports: WithdrawalPorts): Withdrawals {
  const waiting = new Map<string, Withdrawal>()
  const asking = new Set<string>()
  const failed = new Set<string>()

  /** False when the venue did not answer. */
  async function ask(withdrawal: Withdrawal): Promise<boolean> {
    const { order_id: id } = withdrawal.order
    if (asking.has(id)) return true
    asking.add(id)
    try {
      const outcome = await askOnce(ports, withdrawal, tell)
      if (outcome === 'settled') forget(id)
      return outcome !== 'unanswered'
    } finally {
      asking.delete(id)
    }
  }

  function forget(id: string): void {
    waiting.delete(id)
    failed.delete(id)
  }

  /** Once per order: it is asked again every few seconds. */
  function tell(event: string, { order_id }: Order, fields: Readonly<Record<string, unknown>>): void {
    if (!failed.has(order_id)) ports.log.error(event, { order_id, ...fields })
    failed.add(order_id)
  }

  async function askInTurn(withdrawals: readonly Withdrawal[]): Promise<void> {
    for (const withdrawal of withdrawals) {
      if (await ask(withdrawal)) continue
      // Behind the others, so that one order alone does not keep them from being asked for.
      waiting.delete(withdrawal.order.order_id)
      waiting.set(withdrawal.order.order_id, withdrawal)
      return
    }
  }

  return {
    has: (orderId) => waiting.has(orderId),
    async add(withdrawal) {
      waiting.set(withdrawal.order.order_id, withdrawal)
      await ask(withdrawal)
    },
    note: (withdrawal) => void waiting.set(withdrawal.order.order_id, withdrawal),
    async askAgain() {
      const venues = new Set([...waiting.values()].map(({ venue }) => venue))
      await Promise.all(
        [...venues].map((venue) => askInTurn([...waiting.values()].filter((one) => one.venue === venue))),
      )
    },
  }
}

type Tell = (event: string, order: Order, fields: Readonly<Record<string, unknown>>) => void

async function askOnce(
  ports: WithdrawalPorts,
  { order, venue, ifUnknown }: Withdrawal,
  tell: Tell,
): Promise<'settled' | 'refused' | 'unanswered'> {
  const answer = await ports.cancel(venue, order).catch((error: unknown) => ({ outcome: 'failed' as const, error }))
  switch (answer.outcome) {
    case 'accepted':
    case 'closed':
      await ports.onAnswer(order, { isThere: true })
      return 'settled'
    case 'unknown':
      await ports.onAnswer(order, { lost: ifUnknown })
      return 'settled'
    case 'refused':
      tell('order-cancel-refused', order, { venue: venue.name, code: answer.code, reason: answer.message })
      return 'refused'
    case 'failed':
      tell('order-cancel-failed', order, { venue: venue.name, error: answer.error })
      return 'unanswered'
    default:
      return assertNever(answer)
  }
}
