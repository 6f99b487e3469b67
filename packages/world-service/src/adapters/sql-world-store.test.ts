import { migrate, isUniqueViolation } from '@qmtl/service-kit'
import { describeOnEveryDatabase } from '@qmtl/service-kit/testing'
import { expect, test } from 'vitest'
import { mergeActivation } from '../activation/merge-activation.ts'
import type { ApplyState } from '../apply/apply-state.ts'
import { evidenceRecord } from '../testing/any-evidence.ts'
import { testWorld } from '../testing/any-world.ts'
import { applyChange, type WorldState } from '../world-state.ts'
import { createSqlWorldStore } from './sql-world-store.ts'
import { worldMigrations, type WorldTables } from './world-tables.ts'

const ts = '2024-04-02T00:00:00Z'
const author = { actor: 'ada', correlation_id: 'c1', ts }
const empty: WorldState = {
  world: testWorld(),
  epoch_since: ts,
  activation_version: 0,
  entries: [],
  decisions: [],
}
const note = (event: string) => ({ audit: [{ event, data: {} }], facts: [] })

function openRun(run_id: string): ApplyState {
  const run = {
    world_id: 'w1',
    run_id,
    request_hash: 'h',
    domain: 'dryrun',
    target: [],
    previous: [],
    stages: [],
  } as const
  return { phase: 'freeze', run, frozen_epoch: 3 }
}

describeOnEveryDatabase('the world store', (open) => {
  const start = async () => {
    const database = await open<WorldTables>()
    await migrate(database, worldMigrations)
    const store = createSqlWorldStore(database)
    await store.transaction((trx) => trx.createWorld(empty))
    return { database, store }
  }

  test('reads what a change leaves, as the pure rules have it', async () => {
    const { store } = await start()
    const patches = [
      { strategy_id: 'b', side: 'long', active: true },
      { strategy_id: 'a', side: 'short', active: false },
      { strategy_id: 'b', side: 'long', active: false },
    ] as const
    let expected = empty
    for (const patch of patches) {
      const change = { ...mergeActivation(expected, patch, ts), decisions: ['b'], world: testWorld({ epoch: 9 }) }
      await store.transaction((trx) => trx.commit('w1', change, author))
      expected = applyChange(expected, change)
    }
    const found = await store.state('w1')
    expect(found).toEqual({
      ...expected,
      entries: expected.entries.toSorted((one, other) => (one.strategy_id < other.strategy_id ? -1 : 1)),
    })
    expect(await store.state('w2')).toBeUndefined()
  })

  test('does not create a world twice', async () => {
    const { store } = await start()
    expect(await store.transaction((trx) => trx.createWorld(empty))).toBe(false)
    expect(await store.worldIds()).toEqual(['w1'])
  })

  test('numbers audit entries per world without gaps, whoever writes at the same time', async () => {
    const { store } = await start()
    const writes = Array.from({ length: 6 }, (_, index) =>
      store.transaction((trx) => trx.commit('w1', note(`n${index}`), author)),
    )
    await Promise.all(writes)
    const entries = await store.audit('w1', { after: 0, limit: 10 })
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect(new Set(entries.map(({ event }) => event)).size).toBe(6)
    expect(await store.audit('w1', { after: 4, limit: 1 })).toHaveLength(1)
    expect(await store.audit('w1', { after: 0, limit: 10, event: 'n3' })).toHaveLength(1)
  })

  test('leaves nothing of a transaction that fails', async () => {
    const { store } = await start()
    const failing = store.transaction(async (trx) => {
      await trx.commit('w1', { ...note('x'), decisions: ['a'] }, author)
      await trx.bind('w1', ['a'], ts)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await store.state('w1')).toEqual(empty)
    expect(await store.hasBindings('w1')).toBe(false)
    expect(await store.audit('w1', { after: 0, limit: 10 })).toEqual([])
  })

  test('binds each strategy once and knows those that are not bound', async () => {
    const { store } = await start()
    const many = Array.from({ length: 1_200 }, (_, index) => `s${String(index).padStart(4, '0')}`)
    expect(await store.transaction((trx) => trx.bind('w1', ['s0001', 'Z'], ts))).toHaveLength(2)
    expect(await store.transaction((trx) => trx.bind('w1', many, ts))).toHaveLength(1_199)
    expect((await store.bindings('w1')).slice(0, 2)).toEqual(['Z', 's0000'])
    expect(await store.unbound('w1', [...many, 'nobody'])).toEqual(['nobody'])
  })

  test('keeps the newest evidence of each strategy and stage', async () => {
    const { store } = await start()
    const row = (strategy_id: string, returns: readonly number[]) => ({
      strategy_id,
      stored_at: ts,
      record: evidenceRecord(returns),
    })
    await store.transaction(async (trx) => {
      await trx.saveEvidence('w1', 'backtest', 'r', [row('a', [0.1]), row('b', [0.2])])
      await trx.saveEvidence('w1', 'paper', 'r', [row('a', [0.3])])
      await trx.saveEvidence('w1', 'backtest', 'r', [row('a', [1 / 3, -1e-9])])
    })
    expect(await store.evidence('w1', 'backtest')).toEqual([row('a', [1 / 3, -1e-9]), row('b', [0.2])])
    expect(await store.evidence('w1', 'paper', 'b')).toEqual([])
  })

  test('holds one open apply per world at most', async () => {
    const { store } = await start()
    await store.transaction((trx) => trx.saveApply(openRun('r1')))
    const second = store.transaction((trx) => trx.saveApply(openRun('r2')))
    await expect(second).rejects.toSatisfy(isUniqueViolation)
    expect(await store.openApplies()).toEqual([openRun('r1')])
    const ended: ApplyState = { phase: 'rolled_back', run: openRun('r1').run, reason: 'x' }
    await store.transaction((trx) => trx.saveApply(ended))
    expect(await store.openApply('w1')).toBeUndefined()
    expect(await store.applyRun('w1', 'r1')).toEqual(ended)
  })

  test('a row that does not fit its schema is an error, not a guess', async () => {
    const { store, database } = await start()
    await database.kysely.updateTable('world').set({ world: '{"world_id":"w1"}' }).execute()
    await expect(store.state('w1')).rejects.toMatchObject({ code: 'E_INTERNAL' })
  })
})
