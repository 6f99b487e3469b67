import { sides, type EvidenceStage, type PolicyVersion, type Side } from '@qmtl/contracts'
import { inByteOrder } from '@qmtl/service-kit'
import type { Kysely } from 'kysely'
import type { AuditPage, StoredEvidence, WorldReader } from '../ports.ts'
import type { WorldState } from '../world-state.ts'
import { storedJson } from './stored-json.ts'
import type { WorldTables } from './world-tables.ts'

/** Reads of a database or of a transaction. */
export function createSqlWorldReader(kysely: Kysely<WorldTables>): WorldReader {
  return {
    state: (worldId) => readState(kysely, worldId),
    async worldIds() {
      const rows = await kysely
        .selectFrom('world')
        .select('world_id')
        .orderBy(inByteOrder(kysely, 'world_id'))
        .execute()
      return rows.map(({ world_id }) => world_id)
    },
    ...policyReads(kysely),
    ...bindingReads(kysely),
    ...applyReads(kysely),
    evidence: (worldId, stage, strategyId) => readEvidence(kysely, worldId, stage, strategyId),
    async audit(worldId, { after, limit, event }: AuditPage) {
      let query = kysely.selectFrom('audit').selectAll().where('world_id', '=', worldId).where('seq', '>', after)
      if (event !== undefined) query = query.where('event', '=', event)
      const rows = await query.orderBy('seq').limit(limit).execute()
      return rows.map((row) => ({ ...row, data: storedJson.auditData(row.data) }))
    },
  }
}

/** One statement, so that a world and its activation are of one moment. */
async function readState(kysely: Kysely<WorldTables>, worldId: string): Promise<WorldState | undefined> {
  const rows = await kysely
    .selectFrom('world')
    .leftJoin('activation', 'activation.world_id', 'world.world_id')
    .select(['world.world', 'world.decisions', 'world.activation_version', 'world.epoch_since'])
    .select(['activation.strategy_id', 'activation.side', 'activation.entry'])
    .where('world.world_id', '=', worldId)
    .orderBy(inByteOrder(kysely, 'activation.strategy_id'))
    .orderBy('activation.side')
    .execute()
  const [first] = rows
  if (first === undefined) return undefined
  return {
    world: storedJson.world(first.world),
    epoch_since: first.epoch_since,
    activation_version: first.activation_version,
    decisions: storedJson.decisions(first.decisions),
    entries: rows.flatMap(({ strategy_id, side, entry }) =>
      strategy_id !== null && isSide(side) && entry !== null
        ? [{ strategy_id, side, entry: storedJson.entry(entry) }]
        : [],
    ),
  }
}

function isSide(text: string | null): text is Side {
  return sides.some((side) => side === text)
}

function policyReads(kysely: Kysely<WorldTables>): Pick<WorldReader, 'policies' | 'policy'> {
  const rows = (worldId: string) => kysely.selectFrom('policy_version').select('policy').where('world_id', '=', worldId)
  return {
    async policies(worldId) {
      const found = await rows(worldId).orderBy('version').execute()
      return found.map(({ policy }): PolicyVersion => storedJson.policy(policy))
    },
    async policy(worldId, version) {
      const found = await rows(worldId).where('version', '=', version).executeTakeFirst()
      return found === undefined ? undefined : storedJson.policy(found.policy)
    },
  }
}

/** PostgreSQL takes 65,535 parameters in one statement, SQLite 32,766. */
const idsPerStatement = 1_000

function bindingReads(kysely: Kysely<WorldTables>): Pick<WorldReader, 'bindings' | 'hasBindings' | 'unbound'> {
  const rows = (worldId: string) => kysely.selectFrom('binding').select('strategy_id').where('world_id', '=', worldId)
  return {
    async bindings(worldId) {
      const found = await rows(worldId).orderBy(inByteOrder(kysely, 'strategy_id')).execute()
      return found.map(({ strategy_id }) => strategy_id)
    },
    async hasBindings(worldId) {
      return (await rows(worldId).limit(1).executeTakeFirst()) !== undefined
    },
    async unbound(worldId, strategyIds) {
      const known = new Set<string>()
      for (let start = 0; start < strategyIds.length; start += idsPerStatement) {
        const ids = strategyIds.slice(start, start + idsPerStatement)
        for (const { strategy_id } of await rows(worldId).where('strategy_id', 'in', ids).execute())
          known.add(strategy_id)
      }
      return strategyIds.filter((strategyId) => !known.has(strategyId))
    },
  }
}

async function readEvidence(
  kysely: Kysely<WorldTables>,
  worldId: string,
  stage: EvidenceStage,
  strategyId: string | undefined,
): Promise<readonly StoredEvidence[]> {
  let query = kysely
    .selectFrom('evidence')
    .select(['strategy_id', 'stored_at', 'record'])
    .where('world_id', '=', worldId)
    .where('stage', '=', stage)
  if (strategyId !== undefined) query = query.where('strategy_id', '=', strategyId)
  const rows = await query.orderBy(inByteOrder(kysely, 'strategy_id')).execute()
  return rows.map(({ record, ...row }) => ({ ...row, record: storedJson.evidence(record) }))
}

function applyReads(kysely: Kysely<WorldTables>): Pick<WorldReader, 'applyRun' | 'openApply' | 'openApplies'> {
  const states = () => kysely.selectFrom('apply_run').select('state')
  return {
    async applyRun(worldId, runId) {
      const row = await states().where('world_id', '=', worldId).where('run_id', '=', runId).executeTakeFirst()
      return row === undefined ? undefined : storedJson.apply(row.state)
    },
    async openApply(worldId) {
      const row = await states().where('world_id', '=', worldId).where('is_open', '=', 1).executeTakeFirst()
      return row === undefined ? undefined : storedJson.apply(row.state)
    },
    async openApplies() {
      const rows = await states().where('is_open', '=', 1).orderBy(inByteOrder(kysely, 'world_id')).execute()
      return rows.map(({ state }) => storedJson.apply(state))
    },
  }
}
