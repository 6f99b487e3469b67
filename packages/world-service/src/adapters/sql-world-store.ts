import { appendEvents, type Database, type EventDraft } from '@qmtl/service-kit'
import type { WorldEvent } from '@qmtl/contracts'
import type { Transaction } from 'kysely'
import { isOpen } from '../apply/apply-state.ts'
import type { Authorship, WorldStore, WorldTransaction } from '../ports.ts'
import type { ActivationWrite, WorldChange } from '../world-state.ts'
import { createSqlWorldReader } from './sql-world-reader.ts'
import type { WorldTables } from './world-tables.ts'

/** Worlds in a database of either dialect, migrated with `worldMigrations`. */
export function createSqlWorldStore(database: Database<WorldTables>): WorldStore {
  return {
    ...createSqlWorldReader(database.kysely),
    transaction: (work) => database.transaction((trx) => work(createTransaction(trx))),
  }
}

type Trx = Transaction<WorldTables>

function createTransaction(trx: Trx): WorldTransaction {
  return {
    ...createSqlWorldReader(trx),
    async createWorld({ world, decisions, activation_version, epoch_since }) {
      const inserted = await trx
        .insertInto('world')
        .values({
          world_id: world.world_id,
          world: JSON.stringify(world),
          decisions: JSON.stringify(decisions),
          activation_version,
          epoch_since,
          audit_seq: 0,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('world_id')
        .executeTakeFirst()
      return inserted !== undefined
    },
    commit: (worldId, change, author) => commitChange(trx, worldId, change, author),
    async savePolicy(policy) {
      const { world_id, version } = policy
      const row = { world_id, version, policy: JSON.stringify(policy) }
      await trx
        .insertInto('policy_version')
        .values(row)
        .onConflict((conflict) => conflict.columns(['world_id', 'version']).doUpdateSet({ policy: row.policy }))
        .execute()
    },
    async bind(worldId, strategyIds, boundAt) {
      const rows = strategyIds.map((strategy_id) => ({ world_id: worldId, strategy_id, bound_at: boundAt }))
      const added: string[] = []
      for (const part of parts(rows)) {
        const insert = trx
          .insertInto('binding')
          .values(part)
          .onConflict((conflict) => conflict.doNothing())
        for (const { strategy_id } of await insert.returning('strategy_id').execute()) added.push(strategy_id)
      }
      return added
    },
    async saveEvidence(worldId, stage, runnerId, stored) {
      for (const { strategy_id, stored_at, record } of stored) {
        const values = { stored_at, runner_id: runnerId, record: JSON.stringify(record) }
        await trx
          .insertInto('evidence')
          .values({ world_id: worldId, strategy_id, stage, ...values })
          .onConflict((conflict) => conflict.columns(['world_id', 'strategy_id', 'stage']).doUpdateSet(values))
          .execute()
      }
    },
    async saveApply(state) {
      const { world_id, run_id } = state.run
      const values = { is_open: isOpen(state) ? 1 : 0, state: JSON.stringify(state) }
      await trx
        .insertInto('apply_run')
        .values({ world_id, run_id, ...values })
        .onConflict((conflict) => conflict.columns(['world_id', 'run_id']).doUpdateSet(values))
        .execute()
    },
  }
}

async function commitChange(trx: Trx, worldId: string, change: WorldChange, author: Authorship): Promise<void> {
  const lastSeq = await updateWorld(trx, worldId, change)
  for (const part of parts(change.activation?.writes ?? [])) await saveEntries(trx, worldId, part)
  const firstSeq = lastSeq - change.audit.length + 1
  const entries = change.audit.map(({ event, data }, index) => ({
    ...author,
    world_id: worldId,
    seq: firstSeq + index,
    event,
    data: JSON.stringify(data),
  }))
  for (const part of parts(entries)) await trx.insertInto('audit').values(part).execute()
  const events = change.facts.map((fact, index): EventDraft<WorldEvent> => ({
    ...fact,
    // The audit entry names the fact, so the same fact always has the same id.
    id: `${worldId}:${lastSeq}:${index}`,
    source: 'qmtl.worldservice',
    subject: worldId,
    time: author.ts,
  }))
  await appendEvents(trx, events)
}

/** Every change writes the world's row, so changes of one world never overlap; answers the `seq` of its last audit entry. */
async function updateWorld(trx: Trx, worldId: string, change: WorldChange): Promise<number> {
  const { world, epoch_since, activation, decisions } = change
  const row = await trx
    .updateTable('world')
    .set((columns) => ({
      audit_seq: columns('audit_seq', '+', change.audit.length),
      ...(world === undefined ? {} : { world: JSON.stringify(world) }),
      ...(epoch_since === undefined ? {} : { epoch_since }),
      ...(activation === undefined ? {} : { activation_version: activation.version }),
      ...(decisions === undefined ? {} : { decisions: JSON.stringify(decisions) }),
    }))
    .where('world_id', '=', worldId)
    .returning('audit_seq')
    .executeTakeFirstOrThrow()
  return row.audit_seq
}

async function saveEntries(trx: Trx, worldId: string, writes: readonly ActivationWrite[]): Promise<void> {
  const rows = writes.map(({ strategy_id, side, entry }) => ({
    world_id: worldId,
    strategy_id,
    side,
    entry: JSON.stringify(entry),
  }))
  await trx
    .insertInto('activation')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['world_id', 'strategy_id', 'side'])
        .doUpdateSet((columns) => ({ entry: columns.ref('excluded.entry') })),
    )
    .execute()
}

const rowsPerStatement = 500

function parts<Row>(rows: readonly Row[]): readonly Row[][] {
  const count = Math.ceil(rows.length / rowsPerStatement)
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * rowsPerStatement, (index + 1) * rowsPerStatement),
  )
}
