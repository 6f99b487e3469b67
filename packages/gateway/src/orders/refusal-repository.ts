import type { Database } from '@qmtl/service-kit'
import type { Selectable } from 'kysely'
import type { GatewayTables, OrderRefusalTable } from '../database/tables.ts'

export interface NewRefusal {
  readonly world_id: string
  readonly strategy_id: string
  readonly code: string
  readonly message: string
  readonly client_order_id: string
  readonly atMs: number
}

export type RecordedRefusal = Readonly<Selectable<OrderRefusalTable>>

/** Why orders were refused: the last refusal of each kind per strategy and world with its count; the orders are not kept. */
export interface RefusalRepository {
  record(refusals: readonly NewRefusal[]): Promise<void>
  /** The latest refusal of a strategy in a world. */
  last(worldId: string, strategyId: string): Promise<RecordedRefusal | undefined>
}

export function createRefusalRepository(database: Database<GatewayTables>): RefusalRepository {
  return {
    async record(refusals) {
      const rows = merged(refusals)
      if (rows.length === 0) return
      await database.kysely
        .insertInto('order_refusal')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['world_id', 'strategy_id', 'code']).doUpdateSet((eb) => ({
            message: eb.ref('excluded.message'),
            client_order_id: eb.ref('excluded.client_order_id'),
            refusals: eb('order_refusal.refusals', '+', eb.ref('excluded.refusals')),
            last_at_ms: eb.ref('excluded.last_at_ms'),
          })),
        )
        .execute()
    },
    last: (worldId, strategyId) =>
      database.kysely
        .selectFrom('order_refusal')
        .selectAll()
        .where('world_id', '=', worldId)
        .where('strategy_id', '=', strategyId)
        .orderBy('last_at_ms', 'desc')
        .limit(1)
        .executeTakeFirst(),
  }
}

/** One row per kind: a statement may not touch a row twice. */
function merged(refusals: readonly NewRefusal[]): readonly RecordedRefusal[] {
  const rows = new Map<string, RecordedRefusal>()
  for (const { atMs, ...refusal } of refusals) {
    const key = [refusal.world_id, refusal.strategy_id, refusal.code].join('\n')
    const earlier = rows.get(key)
    rows.set(key, {
      ...refusal,
      refusals: (earlier?.refusals ?? 0) + 1,
      first_at_ms: earlier?.first_at_ms ?? atMs,
      last_at_ms: atMs,
    })
  }
  return [...rows.values()]
}
