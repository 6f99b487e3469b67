import { QmtlError, stateHashOf, worldRoutes, type ErrorCode } from '@qmtl/contracts'
import { sqliteOpener } from '@qmtl/service-kit/testing'
import { describe, expect, test } from 'vitest'
import type { WorldTables } from './adapters/world-tables.ts'
import { alternatingReturns, closedTrade, dailyEvidence, testAsOf } from './testing/any-evidence.ts'
import { createFakeTime } from './testing/fake-time.ts'
import { createWorld, inW1, startTestService, type TestService } from './testing/test-service.ts'

async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await promise
    return undefined
  } catch (thrown) {
    if (thrown instanceof QmtlError) return thrown.code
    throw thrown
  }
}

const strong = dailyEvidence(alternatingReturns(0.004))
const weak = dailyEvidence(alternatingReturns(-0.004))

function putEvidence({ client }: TestService, series: Record<string, typeof strong>) {
  return client.putEvidence({ ...inW1, body: { runner_id: 'r', series } })
}

function apply({ client, time }: TestService, body: Parameters<typeof client.apply>[0]['body'], headers = {}) {
  return time.until(client.apply({ ...inW1, headers, body }))
}

describe('world-service', () => {
  const open = sqliteOpener()
  const start = async () => startTestService(await open<WorldTables>())

  test('implements every contract once', async () => {
    const { service } = await start()
    const implemented = new Set(service.routes.map(({ contract }) => contract))
    expect(service.routes).toHaveLength(implemented.size)
    expect(Object.entries(worldRoutes).filter(([, contract]) => !implemented.has(contract))).toEqual([])
  })

  describe('worlds', () => {
    test('are created once, listed by id and changed in part', async () => {
      const desk = await start()
      await createWorld(desk)
      expect(await codeOf(createWorld(desk))).toBe('E_WORLD_EXISTS')
      const updated = await desk.client.updateWorld({ ...inW1, body: { name: 'Desk', fee_bps: 5 } })
      expect(updated.body).toMatchObject({ name: 'Desk', fee_bps: 5, strategy_cash: '10000', epoch: 0 })
      expect((await desk.client.listWorlds({})).body.worlds).toEqual([updated.body])
      expect(await codeOf(desk.client.getWorld({ params: { world_id: 'w2' } }))).toBe('E_UNKNOWN_WORLD')
    })

    test('refuse data without history', async () => {
      const { client } = await start()
      const data = { preset: 'synthetic', as_of: testAsOf, history_start: testAsOf }
      expect(await codeOf(client.createWorld({ body: { world_id: 'w1', data } }))).toBe('E_INVALID_REQUEST')
    })
  })

  describe('policies', () => {
    test('are numbered, the first is the default until another is chosen', async () => {
      const { client, ...desk } = await start()
      await createWorld({ client }, { policy: { thresholds: { sharpe: { min: 1 } } } })
      const second = await client.addPolicy({ ...inW1, body: { policy: {} } })
      expect(second.body).toMatchObject({ version: 2, status: 'DRAFT', created_by: 'ada' })
      expect((await client.getWorld(inW1)).body.default_policy_version).toBe(1)
      await client.setDefaultPolicy({ ...inW1, body: { version: 2 } })
      expect((await client.getWorld(inW1)).body.default_policy_version).toBe(2)
      const { policies } = (await client.listPolicies(inW1)).body
      expect(policies.map(({ status }) => status)).toEqual(['DEPRECATED', 'ACTIVE'])
      expect(await codeOf(client.setDefaultPolicy({ ...inW1, body: { version: 7 } }))).toBe('E_UNKNOWN_POLICY')
      await desk.service.stop()
      expect(desk.events.map(({ type, sequence }) => [type, sequence])).toEqual([
        ['policy_updated', 1],
        ['policy_updated', 2],
        ['policy_updated', 3],
      ])
    })

    test('that are wrong change nothing', async () => {
      const desk = await start()
      await createWorld(desk)
      const policy = { thresholds: { sharp: { min: 1 } }, gates: ['sharpe >'] }
      expect(await codeOf(desk.client.addPolicy({ ...inW1, body: { policy } }))).toBe('E_INVALID_POLICY')
      expect((await desk.client.listPolicies(inW1)).body.policies).toEqual([])
    })
  })

  describe('evidence', () => {
    test('leads to verdicts, the newest of a strategy counts', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1', 's2', 's3'], policy: { thresholds: { sharpe: { min: 1 } } } })
      await putEvidence(desk, { s1: weak, s2: weak })
      await putEvidence(desk, { s1: strong })
      const { body } = await desk.client.evaluate({ ...inW1, body: {} })
      expect(body).toMatchObject({ active: ['s1'], promote: ['s1'], demote: [], policy_version: 1, stage: 'backtest' })
      expect(body.verdicts.map(({ outcome }) => outcome)).toEqual(['pass', 'fail', 'inconclusive'])
      expect(body.verdicts[0]?.data_fingerprint).toBe('lake:blake3:00')
      const again = await desk.client.evaluate({ ...inW1, body: {} })
      expect(again.body.evaluation_run_id).toBe(body.evaluation_run_id)
    })

    test('that a runner could not make says why', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1'], policy: {} })
      await desk.client.putEvidence({
        ...inW1,
        body: { runner_id: 'r', series: {}, unavailable: { s1: 'code_unavailable' } },
      })
      const { body } = await desk.client.evaluate({ ...inW1, body: {} })
      expect(body.verdicts[0]?.gates[0]).toMatchObject({ outcome: 'inconclusive', reason: 'code_unavailable' })
    })

    test.each([
      ['that ends after the snapshot', dailyEvidence([0.1], { asOf: '2024-05-01T00:00:00Z' })],
      ['whose times do not match its returns', { ...dailyEvidence([0.1]), close_ts: [1, 2] }],
    ])('%s is refused', async (_, series) => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1'] })
      expect(await codeOf(putEvidence(desk, { s1: series }))).toBe('E_INVALID_DATA')
    })

    test('of a strategy that is not bound is refused', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1'] })
      expect(await codeOf(putEvidence(desk, { s1: strong, s2: strong }))).toBe('E_UNKNOWN_STRATEGY')
      const { body } = await desk.client.evaluate({ ...inW1, body: { policy: {} } })
      expect(body.verdicts[0]?.outcome).toBe('inconclusive')
    })

    test('figures may be supplied by operators only, under known names', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1'], policy: { thresholds: { sharpe: { min: 1 } } } })
      const body = { metrics: { s1: { sharpe: 2 } } }
      expect(await codeOf(desk.clientAs('eve', 'reader').evaluate({ ...inW1, body }))).toBe('E_PERMISSION_DENIED')
      expect((await desk.client.evaluate({ ...inW1, body })).body).toMatchObject({ active: ['s1'] })
      const wrong = { metrics: { s1: { sharp: 2 } } }
      expect(await codeOf(desk.client.evaluate({ ...inW1, body: wrong }))).toBe('E_INVALID_PARAMETER')
    })
  })

  describe('an apply', () => {
    test('promotes what the policy passes, and the world decides paper', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1', 's2'], policy: { thresholds: { sharpe: { min: 1 } } } })
      expect((await desk.client.decide(inW1)).body.reason).toBe('no_active_strategies')
      await putEvidence(desk, { s1: { ...strong, trades: [closedTrade('1', 'short')] }, s2: weak })
      const ack = await apply(desk, { run_id: 'r1' })
      expect(ack.body).toMatchObject({ ok: true, phase: 'completed', active: ['s1'] })
      const decision = await desk.client.decide(inW1)
      expect(decision.body).toMatchObject({ effective_mode: 'paper', policy_version: 1, as_of: testAsOf })
      expect(decision.headers?.['cache-control']).toBe('max-age=300')
      const { state } = (await desk.client.getActivation(inW1)).body
      expect(state).toMatchObject({ s1: { long: { active: true }, short: { active: true } } })
      expect((await desk.client.getDecisions(inW1)).body.strategies).toEqual(['s1'])
      expect((await desk.client.explain({ params: { world_id: 'w1', strategy_id: 's1' } })).body.trading).toBe(true)
      const idle = (await desk.client.explain({ params: { world_id: 'w1', strategy_id: 's2' } })).body
      expect(idle).toMatchObject({ trading: false, first_closed: { gate: 'verdict' } })
    })

    test('by plan adds to and takes from what is active; stages are audited in order', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1', 's2', 's3'] })
      await apply(desk, { run_id: 'r1', plan: { activate: ['s2', 's1'] } })
      const ack = await apply(desk, { run_id: 'r2', plan: { activate: ['s3'], deactivate: ['s1'] } })
      expect(ack.body.active).toEqual(['s2', 's3'])
      const { entries } = (await desk.client.audit({ ...inW1, query: { event: 'apply_stage' } })).body
      const stages = entries.filter(({ data }) => data['run_id'] === 'r2').map(({ data }) => data['stage'])
      expect(stages).toEqual(['requested', 'freeze', 'switch', 'unfreeze', 'completed'])
      const unknown = apply(desk, { run_id: 'r3', plan: { activate: ['nobody'] } })
      expect(await codeOf(unknown)).toBe('E_UNKNOWN_STRATEGY')
    })

    test('repeats its answer for the same run_id and refuses it for another request', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1'] })
      const first = await apply(desk, { run_id: 'r1', plan: { activate: ['s1'] } })
      const { epoch } = (await desk.client.getWorld(inW1)).body
      expect((await apply(desk, { run_id: 'r1', plan: { activate: ['s1'] } })).body).toEqual(first.body)
      expect((await desk.client.getApply({ params: { world_id: 'w1', run_id: 'r1' } })).body).toEqual(first.body)
      expect((await desk.client.getWorld(inW1)).body.epoch).toBe(epoch)
      expect(await codeOf(apply(desk, { run_id: 'r1', plan: {} }))).toBe('E_RUN_ID_REUSED')
    })

    test('is followed by the freeze that came meanwhile: an emergency waits, and wins', async () => {
      const desk = await trading(start)
      await desk.client.leaseGate({ params: { world_id: 'w1', gate_id: 'sdk:1' } })
      const running = desk.client.apply({ ...inW1, headers: {}, body: { run_id: 'r2', plan: {} } })
      await untilFrozen(desk)
      const freezing = desk.client.freeze({ ...inW1, body: { reason: 'emergency' } })
      expect((await desk.time.until(running)).body.phase).toBe('completed')
      expect((await desk.time.until(freezing)).body).toMatchObject({ frozen: true })
      expect((await desk.client.getWorld(inW1)).body.frozen).toBe(true)
    })

    test('holds its world: another one, a release and a change of activation are refused meanwhile', async () => {
      const desk = await trading(start)
      await desk.client.leaseGate({ params: { world_id: 'w1', gate_id: 'sdk:1' } })
      const running = desk.client.apply({ ...inW1, headers: {}, body: { run_id: 'r2', plan: {} } })
      await untilFrozen(desk)
      const patch = { strategy_id: 's1', side: 'long', active: true } as const
      expect(await codeOf(desk.client.apply({ ...inW1, headers: {}, body: { run_id: 'r3' } }))).toBe('E_APPLY_RUNNING')
      expect(await codeOf(desk.client.unfreeze({ ...inW1, body: {} }))).toBe('E_APPLY_RUNNING')
      expect(await codeOf(desk.client.putActivation({ ...inW1, headers: {}, body: patch }))).toBe('E_APPLY_RUNNING')
      const repeat = await desk.client.apply({
        ...inW1,
        headers: {},
        body: { run_id: 'r2', plan: {} },
      })
      expect(repeat.body).toMatchObject({ ok: true, phase: 'freeze', active: ['s1'] })
      expect((await desk.time.until(running)).body.phase).toBe('completed')
    })

    test('of two at once one wins', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1'] })
      const both = ['r1', 'r2'].map((run_id) => apply(desk, { run_id, plan: { activate: ['s1'] } }))
      const ends = await Promise.allSettled(both)
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect((await desk.client.getWorld(inW1)).body).toMatchObject({ frozen: false, epoch: 2 })
    })

    test('to live needs the permission of the world and the word of the caller', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1'] })
      const body: { plan: { activate: string[] }; domain: 'live' } = { plan: { activate: ['s1'] }, domain: 'live' }
      const confirmed = { 'x-allow-live': 'true' }
      expect(await codeOf(apply(desk, { run_id: 'r1', ...body }, confirmed))).toBe('E_PERMISSION_DENIED')
      await desk.client.updateWorld({ ...inW1, body: { allow_live: true } })
      expect(await codeOf(apply(desk, { run_id: 'r2', ...body }))).toBe('E_PERMISSION_DENIED')
      expect((await apply(desk, { run_id: 'r3', ...body }, confirmed)).body.ok).toBe(true)
      expect((await desk.client.decide(inW1)).body.effective_mode).toBe('live')
      await desk.client.updateWorld({ ...inW1, body: { allow_live: false } })
      expect((await desk.client.decide(inW1)).body.effective_mode).toBe('compute-only')
    })

    test('that moves the snapshot makes older evidence stale: nobody is promoted or demoted by it', async () => {
      const desk = await start()
      await createWorld(desk, { strategies: ['s1', 's2'], policy: {} })
      await putEvidence(desk, { s1: strong })
      await apply(desk, { run_id: 'r1' })
      await putEvidence(desk, { s2: strong })
      const ack = await apply(desk, { run_id: 'r2', as_of: '2024-06-01T00:00:00Z' })
      expect(ack.body.active).toEqual(['s1'])
      expect((await desk.client.getWorld(inW1)).body.data.as_of).toBe('2024-06-01T00:00:00Z')
      const early = apply(desk, { run_id: 'r3', as_of: '2022-01-01T00:00:00Z' })
      expect(await codeOf(early)).toBe('E_INVALID_PARAMETER')
    })
  })

  describe('a freeze', () => {
    test('returns when every gate acknowledged, with what was on the wire', async () => {
      const desk = await trading(start)
      const { client } = desk
      const gate = (gate_id: string) => ({ params: { world_id: 'w1', gate_id } })
      const { epoch } = (await client.leaseGate(gate('sdk:1'))).body
      await client.leaseGate(gate('venue:paper'))
      const freezing = client.freeze({ ...inW1, body: { reason: 'test' } })
      await untilFrozen(desk)
      expect((await client.leaseGate(gate('sdk:1'))).body).toMatchObject({ granted: false, reason: 'world_frozen' })
      await client.acknowledgeGate({ ...gate('sdk:1'), body: { epoch: epoch + 1, in_flight: ['o1'] } })
      await client.acknowledgeGate({ ...gate('venue:paper'), body: { epoch: epoch + 1, in_flight: [] } })
      const { body } = await freezing
      expect(body).toMatchObject({ epoch: epoch + 1, frozen: true, in_flight: ['o1'], took_ms: 0 })
      expect(body.gates).toEqual([
        { gate_id: 'sdk:1', outcome: 'acknowledged' },
        { gate_id: 'venue:paper', outcome: 'acknowledged' },
      ])
    })

    test('waits for the lease of a silent gate, and no longer', async () => {
      const desk = await trading(start)
      await desk.client.leaseGate({ params: { world_id: 'w1', gate_id: 'sdk:1' } })
      const freezing = desk.client.freeze({ ...inW1, body: {} })
      await untilFrozen(desk)
      const { body } = await desk.time.until(freezing)
      expect(body.gates).toEqual([{ gate_id: 'sdk:1', outcome: 'expired' }])
      expect(body.took_ms).toBeGreaterThanOrEqual(2_900)
      expect(body.took_ms).toBeLessThanOrEqual(3_100)
    })

    test('is told to gates, and its release starts a new epoch', async () => {
      const desk = await trading(start)
      const before = (await desk.client.getWorld(inW1)).body.epoch
      await desk.time.until(desk.client.freeze({ ...inW1, body: {} }))
      expect((await desk.client.decide(inW1)).body.reason).toContain('world_frozen')
      const released = await desk.client.unfreeze({ ...inW1, body: {} })
      expect(released.body).toMatchObject({ frozen: false, epoch: before + 2 })
      await desk.service.stop()
      const epochs = desk.events.filter(({ type }) => type === 'world_epoch_changed').map(({ data }) => data)
      expect(epochs.slice(-2)).toMatchObject([
        { epoch: before + 1, frozen: true },
        { epoch: before + 2, frozen: false },
      ])
    })

    test('of a world that this process created waits for nobody where no gate asked', async () => {
      const desk = await start()
      await createWorld(desk)
      expect((await desk.client.freeze({ ...inW1, body: {} })).body).toMatchObject({ gates: [], took_ms: 0 })
    })

    test('after a restart waits a whole lease, for gates that it has forgotten', async () => {
      const database = await open<WorldTables>()
      const time = createFakeTime()
      const desk = await startTestService(database, time)
      await createWorld(desk, { strategies: ['s1'] })
      await apply(desk, { run_id: 'r1', plan: { activate: ['s1'] } })
      await desk.client.leaseGate({ params: { world_id: 'w1', gate_id: 'sdk:1' } })
      await desk.service.stop()
      const restarted = await startTestService(database, time)
      const { body } = await time.until(restarted.client.freeze({ ...inW1, body: {} }))
      expect(body.took_ms).toBeGreaterThanOrEqual(2_900)
    })
  })

  describe('activation', () => {
    test('is changed under If-Match, and answers with its etag', async () => {
      const desk = await trading(start)
      const path = { params: { world_id: 'w1', strategy_id: 's1', side: 'long' } } as const
      const { body: entry, headers } = await desk.client.getActivationEntry(path)
      expect(headers?.['etag']).toBe(`"${entry.etag}"`)
      const body = { strategy_id: 's1', side: 'long', active: true, drain: true } as const
      const stale = desk.client.putActivation({ ...inW1, headers: { 'if-match': '"act:w1:s1:long:99"' }, body })
      expect(await codeOf(stale)).toBe('E_STALE_ETAG')
      const changed = await desk.client.putActivation({ ...inW1, headers: { 'if-match': `"${entry.etag}"` }, body })
      expect(changed.body).toMatchObject({ active: false, drain: true, etag: 'act:w1:s1:long:2' })
      const state = (await desk.client.getActivation(inW1)).body
      expect(changed.body.state_hash).toBe(stateHashOf(state))
      const hash = await desk.client.stateHash({ params: { world_id: 'w1', topic: 'activation' } })
      expect(hash.body.state_hash).toBe(changed.body.state_hash)
      const nobody = { params: { world_id: 'w1', strategy_id: 's1', side: 'short' } } as const
      expect(await codeOf(desk.client.getActivationEntry(nobody))).toBe('E_ACTIVATION_NOT_FOUND')
    })
  })

  test('the audit names actor and request of every change, page by page', async () => {
    const desk = await trading(start)
    const first = (await desk.client.audit({ ...inW1, query: { limit: 2 } })).body
    expect(first.entries.map(({ seq, event }) => [seq, event])).toEqual([
      [1, 'world_created'],
      [2, 'bindings_added'],
    ])
    const rest = (await desk.client.audit({ ...inW1, query: { after: first.next_after } })).body
    expect(rest.entries.map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7])
    for (const entry of [...first.entries, ...rest.entries]) {
      expect(entry).toMatchObject({ actor: 'ada', correlation_id: expect.stringMatching(/^in-process-/) as string })
    }
  })

  test('every change survives a restart, and the hash of its state with it', async () => {
    const database = await open<WorldTables>()
    const desk = await startTestService(database)
    await createWorld(desk, { strategies: ['s1'], policy: {} })
    await apply(desk, { run_id: 'r1', plan: { activate: ['s1'] } })
    const before = [
      await desk.client.getWorld(inW1),
      await desk.client.getActivation(inW1),
      await desk.client.decide(inW1),
    ]
    await desk.service.stop()
    const { client } = await startTestService(database)
    expect([await client.getWorld(inW1), await client.getActivation(inW1), await client.decide(inW1)]).toEqual(before)
  })
})

async function trading(start: () => Promise<TestService>): Promise<TestService> {
  const desk = await start()
  await createWorld(desk, { strategies: ['s1'] })
  await apply(desk, { run_id: 'r1', plan: { activate: ['s1'] } })
  return desk
}

async function untilFrozen({ client }: TestService): Promise<void> {
  while (!(await client.getWorld(inW1)).body.frozen);
}
