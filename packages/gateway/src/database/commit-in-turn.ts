import { advisoryTransactionLock, type Database } from '@qmtl/service-kit'
import type { Transaction } from 'kysely'
import type { GatewayTables } from './tables.ts'

/**
 * Runs `work` in a transaction that no other of this turn overlaps, across processes. It sees all that those before it
 * committed, and its rows get positions above all of theirs: whoever follows a list by position misses nothing, which
 * positions alone do not promise, for PostgreSQL draws them before the commit.
 */
export function commitInTurn<Result>(
  { kysely }: Database<GatewayTables>,
  turn: 'order' | 'submission',
  work: (trx: Transaction<GatewayTables>) => Promise<Result>,
): Promise<Result> {
  // Not the serializable transaction of the kit: its snapshot would be older than the lock it waits for.
  return kysely.transaction().execute(async (trx) => {
    await advisoryTransactionLock(trx, `qmtl_${turn}`)
    return work(trx)
  })
}
