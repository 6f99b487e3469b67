import { formatInstant, type Order, type OrderRequest } from '@qmtl/contracts'
import type { Selectable } from 'kysely'
import { storedJson } from '../database/stored-json.ts'
import type { TradeOrderTable } from '../database/tables.ts'

/** A row's request: only `place` writes it, from a checked order. */
export function requestOf(row: Pick<Selectable<TradeOrderTable>, 'request'>): OrderRequest {
  return storedJson(row.request)
}

export function orderOf(row: Omit<Selectable<TradeOrderTable>, 'position'>): Order {
  return {
    ...requestOf(row),
    order_id: row.order_id,
    status: row.status,
    filled_quantity: row.filled_quantity,
    venue: row.venue,
    created_at: formatInstant(row.created_at_ms),
    updated_at: formatInstant(row.updated_at_ms),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
}
