import type { QmtlError } from '@qmtl/contracts'
import type { ClosedTrade } from '../ledger/apply-fill.ts'
import type { LedgerFill } from '../ledger/book.ts'
import type { Fee } from '../model/money.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'

/** What happened to an open order in one scan; an order that waits has none. */
export type OrderEvent =
  | {
      readonly kind: 'filled'
      /** After the fill. */
      readonly order: OrderState
      readonly fill: LedgerFill
      readonly fee: Fee
      readonly closed?: ClosedTrade | undefined
      /** The fill was made at an old price. */
      readonly warning?: 'stale-price' | undefined
    }
  | { readonly kind: 'ended'; readonly order: OrderState; readonly reason: 'expired' | 'unfilled' | Refusal }
  /** A model could not do its work; the order stays as it was. */
  | { readonly kind: 'failed'; readonly order: OrderState; readonly error: QmtlError }
