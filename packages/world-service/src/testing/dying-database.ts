import type { Database } from '@qmtl/service-kit'

/** Thrown by everything that a killed process would no longer do. */
export class Killed extends Error {}

/**
 * A database as a process sees it that is killed at its n-th transaction (from 1): just before that one commits, or just
 * after. From then on nothing of the process reaches the database.
 */
export function dyingDatabase<Tables>(
  database: Database<Tables>,
  death: { readonly transaction: number; readonly committed: boolean },
): Database<Tables> & { readonly isDead: () => boolean } {
  let count = 0
  let dead = false
  return {
    ...database,
    isDead: () => dead,
    async transaction(work) {
      if (dead) throw new Killed('the process is dead')
      count += 1
      const isLast = count === death.transaction
      const result = await database.transaction(async (trx) => {
        const done = await work(trx)
        if (isLast && !death.committed) {
          dead = true
          throw new Killed('killed before the commit')
        }
        return done
      })
      if (isLast) {
        dead = true
        throw new Killed('killed after the commit')
      }
      return result
    },
  }
}
