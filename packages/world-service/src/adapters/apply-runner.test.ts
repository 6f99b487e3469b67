import { describeOnEveryDatabase } from '@qmtl/service-kit/testing'
import { createMetrics, silentLogger, type Database } from '@qmtl/service-kit'
import { createClient, inProcessTransport, QmtlError, worldRoutes } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import { createWorldService } from '../service.ts'
import { dyingDatabase } from '../testing/dying-database.ts'
import { createFakeTime, type FakeTime } from '../testing/fake-time.ts'
import { createWorld, inW1, startTestService, type TestService } from '../testing/test-service.ts'
import type { WorldTables } from './world-tables.ts'

const before = ['s1', 's2']
const after = ['s2', 's3']
const request = { run_id: 'r2', plan: { activate: ['s3'], deactivate: ['s1'] } }

/** A world where s1 and s2 trade. */
async function tradingWorld(database: Database<WorldTables>, time: FakeTime): Promise<TestService> {
  const desk = await startTestService(database, time)
  await createWorld(desk, { strategies: ['s1', 's2', 's3'] })
  await time.until(desk.client.apply({ ...inW1, headers: {}, body: { run_id: 'r1', plan: { activate: before } } }))
  return desk
}

/** Runs the apply in a process that dies at its n-th transaction; answers whether it lived to die. */
async function applyAndDie(
  database: Database<WorldTables>,
  time: FakeTime,
  death: { readonly transaction: number; readonly committed: boolean },
): Promise<boolean> {
  const dying = dyingDatabase(database, death)
  const ports = { database: dying, bus: { publish: async () => undefined }, clock: time.clock, log: silentLogger }
  const service = createWorldService({ ...ports, metrics: createMetrics() }, { wait: time.wait })
  const caller = { sub: 'ada', roles: ['owner'] } as const
  const client = createClient(worldRoutes, inProcessTransport(service.routes, caller))
  await time.until(client.apply({ ...inW1, headers: {}, body: request }).catch(() => undefined))
  return dying.isDead()
}

async function snapshotOf({ client }: TestService) {
  const [{ body: world }, { body: activation }, { body: decisions }] = await Promise.all([
    client.getWorld(inW1),
    client.getActivation(inW1),
    client.getDecisions(inW1),
  ])
  const active = Object.entries(activation.state).filter(([, sides]) => sides.long?.active === true)
  return {
    frozen: world.frozen,
    decisions: decisions.strategies,
    active: active.map(([strategyId]) => strategyId).toSorted(),
  }
}

/** Transactions of an apply: requested, freeze, switch, unfreeze, completed. */
const deaths = [1, 2, 3, 4, 5].flatMap((transaction) => [
  { transaction, committed: false },
  { transaction, committed: true },
])

describeOnEveryDatabase('an apply whose process is killed', (open) => {
  describe.each(deaths)('at transaction $transaction, committed: $committed', (death) => {
    test('ends completed, or rolled back and frozen, after a restart', async () => {
      const database = await open<WorldTables>()
      const time = createFakeTime()
      const desk = await tradingWorld(database, time)
      await desk.service.stop()
      expect(await applyAndDie(database, time, death)).toBe(true)

      const restarted = await startTestService(database, time)
      const found = await snapshotOf(restarted)
      const switched = death.transaction > 3 || (death.transaction === 3 && death.committed)
      const begun = death.transaction > 1 || death.committed
      if (switched) expect(found).toEqual({ frozen: false, decisions: after, active: after })
      else expect(found).toEqual({ frozen: begun, decisions: before, active: before })

      // The same run_id tells how it ended; a new one is not blocked, and releases the world.
      const repeat = restarted.client.apply({ ...inW1, headers: {}, body: request })
      const expected = switched ? 'completed' : begun ? 'rolled_back' : 'completed'
      expect((await time.until(repeat)).body).toMatchObject({ phase: expected, ok: expected === 'completed' })
      const next = restarted.client.apply({ ...inW1, headers: {}, body: { ...request, run_id: 'r3' } })
      expect((await time.until(next)).body.phase).toBe('completed')
      expect(await snapshotOf(restarted)).toEqual({ frozen: false, decisions: after, active: after })
    })
  })

  test('is ended by the next call of a process that lives on', async () => {
    const database = await open<WorldTables>()
    const time = createFakeTime()
    const desk = await tradingWorld(database, time)
    await applyAndDie(database, time, { transaction: 3, committed: false })
    const freeze = await time.until(desk.client.freeze({ ...inW1, body: {} }))
    expect(freeze.body.frozen).toBe(true)
    const run = await desk.client.getApply({ params: { world_id: 'w1', run_id: 'r2' } })
    expect(run.body).toMatchObject({ phase: 'rolled_back', ok: false, active: before, reason: 'the process ended' })
  })
})

describeOnEveryDatabase('an apply that fails', (open) => {
  /** Fails one transaction of a process that lives on. */
  function failingOnce(database: Database<WorldTables>, transaction: number): Database<WorldTables> {
    let count = 0
    return {
      ...database,
      async transaction(work) {
        count += 1
        const fails = count === transaction
        return database.transaction(async (trx) => {
          const done = await work(trx)
          if (fails) throw new Error('disk full')
          return done
        })
      },
    }
  }

  test.each([
    [2, 'rolled_back', { frozen: true, decisions: [], active: [] }],
    [3, 'rolled_back', { frozen: true, decisions: [], active: [] }],
    [4, 'completed', { frozen: false, decisions: ['s1'], active: ['s1'] }],
  ] as const)('in transaction %d is %s when it is asked again', async (transaction, phase, end) => {
    const time = createFakeTime()
    const database = await open<WorldTables>()
    const first = await startTestService(database, time)
    await createWorld(first, { strategies: ['s1'] })
    await first.service.stop()
    const desk = await startTestService(failingOnce(database, transaction), time)
    const body = { run_id: 'r1', plan: { activate: ['s1'] } }
    const failure = await time.until(
      desk.client.apply({ ...inW1, headers: {}, body }).catch((thrown: unknown) => thrown),
    )
    expect(failure).toBeInstanceOf(QmtlError)
    expect(failure).toMatchObject({ code: 'E_APPLY_FAILED', message: expect.stringContaining('disk full') as string })
    const repeat = await time.until(desk.client.apply({ ...inW1, headers: {}, body }))
    expect(repeat.body.phase).toBe(phase)
    expect(await snapshotOf(desk)).toEqual(end)
  })

  test('because the service stops is rolled back', async () => {
    const database = await open<WorldTables>()
    const time = createFakeTime()
    const desk = await tradingWorld(database, time)
    await desk.client.leaseGate({ params: { world_id: 'w1', gate_id: 'sdk:1' } })
    const running = desk.client.apply({ ...inW1, headers: {}, body: request }).catch((thrown: unknown) => thrown)
    while (!(await desk.client.getWorld(inW1)).body.frozen);
    await desk.service.stop()
    expect(await running).toMatchObject({ code: 'E_APPLY_FAILED' })
    expect(await snapshotOf(desk)).toEqual({ frozen: true, decisions: before, active: before })
  })
})
