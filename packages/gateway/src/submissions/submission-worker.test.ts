import type { Submission } from '@qmtl/contracts'
import { sqliteOpener } from '@qmtl/service-kit/testing'
import { describe, expect, test } from 'vitest'
import type { GatewayTables } from '../database/tables.ts'
import { sampleWorld } from '../testing/fake-services.ts'
import { sampleDag } from '../testing/sample-dag.ts'
import { createSubmissionSide } from '../testing/submission-side.ts'

const open = sqliteOpener()

const setUp = async () => createSubmissionSide(await open<GatewayTables>())

describe('a submission', () => {
  test('is answered before it is planned, and then planned and bound', async () => {
    const { submit, worker, read, worlds, seen } = await setUp()
    const reply = await submit(1)
    expect(reply).toMatchObject({
      strategy_id: 's1',
      status: 'queued',
      downgraded: false,
      safe_mode: false,
      warnings: [],
    })
    expect(await read('s1')).toMatchObject({ status: 'queued', plan: null })
    expect(await worker.step()).toBe(1)
    expect(await read('s1')).toMatchObject({
      name: 'sample-1',
      world_ids: ['w1'],
      status: 'completed',
      plan: { created: 3, reused: 0, context: { world_id: 'w1', execution_domain: 'dryrun' } },
      error: null,
    })
    expect(worlds.bindings.get('w1')).toEqual(new Set(['s1']))
    expect(seen.map(({ status }) => status)).toEqual(['processing', 'completed'])
  })
  test('is planned in the order of acceptance, whatever restarts between', async () => {
    const { submit, dagManager, newWorker } = await setUp()
    for (const seed of [1, 2, 3, 4, 5]) await submit(seed)
    await newWorker().step()
    expect(dagManager.planned).toEqual(['s1', 's2', 's3', 's4', 's5'])
  })
  test('of a known DAG is refused with the strategy it is, and joins the worlds named', async () => {
    const { submit, worker, worlds, read, submissions } = await setUp()
    await submit(1)
    await worker.step()
    await expect(submit(1, ['w1', 'w2'])).rejects.toMatchObject({ code: 'E_DUPLICATE', details: { strategy_id: 's1' } })
    expect(worlds.bindings.get('w2')).toEqual(new Set(['s1']))
    expect(await read('s1')).toMatchObject({ world_ids: ['w1', 'w2'] })
    expect(await submissions.list({ after: 0, limit: 10 })).toHaveLength(1)
  })
  test('is tried again at once when its DAG is submitted again', async () => {
    const { submit, worker, dagManager, read, clock } = await setUp()
    await submit(1)
    dagManager.failure = 'E_CROSS_CONTEXT'
    await worker.step()
    expect(await read('s1')).toMatchObject({ status: 'failed', error: { retry_at: null } })
    dagManager.failure = undefined
    clock.advance(1)
    await expect(submit(1)).rejects.toMatchObject({ code: 'E_DUPLICATE' })
    expect(await worker.step()).toBe(1)
    expect(await read('s1')).toMatchObject({ status: 'completed', error: null })
  })

  for (const [what, submission, code] of [
    ['no world', {}, 'E_WORLD_IDS_REQUIRED'],
    ['an unknown world', { world_ids: ['nowhere'] }, 'E_UNKNOWN_WORLD'],
    ['an unknown second world', { world_ids: ['w1', 'nowhere'] }, 'E_UNKNOWN_WORLD'],
    ['a wrong checksum', { world_ids: ['w1'], node_ids_crc32: 1 }, 'E_CHECKSUM_MISMATCH'],
    ['no nodes', { world_ids: ['w1'], dag: { nodes: [] } }, 'E_INVALID_DAG'],
    ['too many nodes', { world_ids: ['w1'], dag: sampleDag(1, { nodes: 101 }) }, 'E_TOO_LARGE'],
    ['an altered node', { world_ids: ['w1'], dag: altered() }, 'E_NODE_ID_MISMATCH'],
  ] satisfies [string, Submission, string][]) {
    test(`with ${what} is refused with ${code}, the same in a dry run, and nothing is kept`, async () => {
      const { ingest, submissions } = await setUp()
      const full = {
        dag: sampleDag(1),
        ...submission,
        ...('world_ids' in submission ? { world_ids: [...submission.world_ids] } : {}),
      }
      await expect(ingest.submit(full, { caller: { sub: 'author' } })).rejects.toMatchObject({ code })
      await expect(ingest.dryRun(full, {})).rejects.toMatchObject({ code })
      expect(await submissions.list({ after: 0, limit: 10 })).toEqual([])
    })
  }
  test('that the log cannot take is E_SUBMISSION_LOG', async () => {
    const { ingest, submissionLog } = await setUp()
    await submissionLog.stop()
    await expect(
      ingest.submit({ dag: sampleDag(1), world_ids: ['w1'] }, { caller: { sub: 'a' } }),
    ).rejects.toMatchObject({
      code: 'E_STOPPING',
    })
  })
})

function altered() {
  const dag = sampleDag(1)
  return { ...dag, nodes: dag.nodes.map((node) => ({ ...node, period: 99 })) }
}

describe('without WorldService', () => {
  test('a submission is taken on the safe side and bound when it is back', async () => {
    const { worlds, submit, worker, read, clock } = await setUp()
    worlds.failure = 'E_UNAVAILABLE'
    expect(await submit(1)).toMatchObject({
      downgraded: true,
      downgrade_reason: 'decision_unavailable',
      safe_mode: true,
    })
    await worker.step()
    expect(await read('s1')).toMatchObject({ status: 'failed', error: { code: 'E_UNAVAILABLE' } })
    worlds.failure = undefined
    clock.advance(499)
    expect(await worker.step()).toBe(0)
    clock.advance(1)
    await worker.step()
    expect(await read('s1')).toMatchObject({
      status: 'completed',
      error: null,
      plan: { context: { execution_domain: 'backtest' } },
    })
  })
})

describe('a dry run', () => {
  test('gives the plan that the submission then gets, and keeps nothing', async () => {
    const { ingest, submit, worker, read, submissions } = await setUp()
    const dry = await ingest.dryRun({ dag: sampleDag(1), world_ids: ['w1'] }, {})
    expect(dry).toMatchObject({ strategy_id: 'dryrun', plan: { plan_number: 0, created: 3 } })
    expect(await submissions.list({ after: 0, limit: 10 })).toEqual([])
    const reply = await submit(1)
    await worker.step()
    const { plan } = await read('s1')
    expect(plan?.queue_map).toEqual(dry.plan.queue_map)
    expect([reply.dag_hash, reply.node_ids_crc32]).toEqual([dry.dag_hash, dry.node_ids_crc32])
  })
  test('without a DAG Manager says so', async () => {
    const { ingest, dagManager } = await setUp()
    dagManager.failure = 'E_TIMEOUT'
    await expect(ingest.dryRun({ dag: sampleDag(1), world_ids: ['w1'] }, {})).rejects.toMatchObject({
      code: 'E_DAGMANAGER_UNAVAILABLE',
    })
  })
})

describe('the work', () => {
  test('is tried until the DAG Manager is back, however long that takes, ever more rarely', async () => {
    const { submit, dagManager, pass, read, submissions, metrics } = await setUp()
    await submit(1)
    dagManager.failure = 'E_UNAVAILABLE'
    // At 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s, then every 30 s.
    expect(await pass(30_000)).toBe(6)
    expect(await pass(570_000)).toBe(19)
    const error = { code: 'E_UNAVAILABLE', attempts: 25, retry_at: '2024-01-01T00:10:01.500Z' }
    expect(await read('s1')).toMatchObject({ status: 'failed', error, plan: null })
    const { text } = await metrics.exposition()
    expect(text).toContain('work_failures_total{work="submission",code="E_UNAVAILABLE",end="retried"} 25')
    dagManager.failure = undefined
    await pass(30_000)
    expect(await read('s1')).toMatchObject({ status: 'completed', error: null, plan: { created: 3 } })
    expect((await submissions.events('s1')).map(({ event }) => event)).toEqual(
      'INIT PROCESS FAIL RETRY COMPLETE'.split(' '),
    )
  })
  test('is tried until WorldService is back', async () => {
    const { submit, worlds, pass, read } = await setUp()
    await submit(1)
    worlds.failure = 'E_TIMEOUT'
    await pass(100_000)
    expect(await read('s1')).toMatchObject({ status: 'failed', error: { code: 'E_TIMEOUT', attempts: 9 } })
    worlds.failure = undefined
    await pass(30_000)
    expect(await read('s1')).toMatchObject({ status: 'completed', error: null })
    expect(worlds.bindings.get('w1')).toEqual(new Set(['s1']))
  })
  for (const code of ['E_INTERNAL', 'E_GRAPH_CORRUPT', 'E_UNAUTHENTICATED'] as const) {
    test(`is tried again after ${code}, which says nothing about the submission`, async () => {
      const { submit, dagManager, pass, read } = await setUp()
      await submit(1)
      dagManager.failure = code
      expect(await pass(1_000)).toBe(2)
      dagManager.failure = undefined
      await pass(1_000)
      expect(await read('s1')).toMatchObject({ status: 'completed' })
    })
  }
  test('that is refused is not tried again and gives the reason', async () => {
    const { submit, dagManager, pass, read } = await setUp()
    await submit(1)
    dagManager.failure = 'E_TOPIC_COLLISION'
    expect(await pass(60_000)).toBe(1)
    const error = { code: 'E_TOPIC_COLLISION', message: 'the fake is told to fail', attempts: 1, retry_at: null }
    expect(await read('s1')).toMatchObject({ status: 'failed', error })
  })
  test('leaves out a world that does not exist, and says so', async () => {
    const { submit, pass, worlds, read, submissions } = await setUp()
    worlds.failure = 'E_UNAVAILABLE'
    await submit(1, ['w1', 'w9-typo'])
    worlds.failure = undefined
    await pass(1_000)
    const dropped = { world_id: 'w9-typo', code: 'E_UNKNOWN_WORLD', message: 'no world w9-typo', attempts: 1 }
    expect(await read('s1')).toMatchObject({
      ...{ status: 'completed', error: null, world_ids: ['w1'], plan: { created: 3 } },
      world_errors: [{ ...dropped, retry_at: null }],
    })
    expect(worlds.bindings.get('w1')).toEqual(new Set(['s1']))
    expect(await submissions.worldsOf('s1')).toEqual(['w1'])
    expect(await submissions.list({ worldId: 'w9-typo', after: 0, limit: 10 })).toEqual([])
  })
  test('goes on in the right world when the first was mistyped and the DAG is submitted again', async () => {
    const { submit, pass, worlds, read, submissions } = await setUp()
    worlds.failure = 'E_UNAVAILABLE'
    await submit(1, ['w9-typo'])
    worlds.failure = undefined
    await pass(1_000)
    expect(await read('s1')).toMatchObject({ status: 'completed', world_ids: [] })
    expect(await submissions.worldsOf('s1')).toEqual([])
    await expect(submit(1, ['w1'])).rejects.toMatchObject({ code: 'E_DUPLICATE', details: { strategy_id: 's1' } })
    await pass(1_000)
    expect(await read('s1')).toMatchObject({
      ...{ status: 'completed', world_ids: ['w1'], downgraded: false },
      plan: { context: { world_id: 'w1', execution_domain: 'dryrun' } },
    })
    expect(worlds.bindings.get('w1')).toEqual(new Set(['s1']))
  })
  test('takes a world up again that was made since, once it is named again', async () => {
    const { submit, pass, worlds, read } = await setUp()
    worlds.failure = 'E_UNAVAILABLE'
    await submit(1, ['w1', 'w3'])
    worlds.failure = undefined
    await pass(1_000)
    worlds.worlds.set('w3', sampleWorld({ world_id: 'w3' }))
    await expect(submit(1, ['w3'])).rejects.toMatchObject({ code: 'E_DUPLICATE' })
    await pass(1_000)
    expect(await read('s1')).toMatchObject({ world_ids: ['w1', 'w3'], world_errors: [] })
    expect(worlds.bindings.get('w3')).toEqual(new Set(['s1']))
  })
  test('left by a process that died is taken up by the next one', async () => {
    const { submit, queue, newWorker, clock, read } = await setUp()
    await submit(1)
    expect(await queue.claim({ nowMs: clock.now(), leaseMs: 60_000, limit: 1 })).toHaveLength(1)
    const next = newWorker()
    await next.start()
    expect(await read('s1', 5_000)).toMatchObject({ status: 'completed' })
    await next.stop()
  })
})

describe('the status', () => {
  test('waits for the end of the work and is woken by it', async () => {
    const { submit, worker, read } = await setUp()
    await submit(1)
    const waiting = read('s1', 60_000)
    await worker.step()
    expect(await waiting).toMatchObject({ status: 'completed' })
  })
  test('is given as it is when the caller goes away', async () => {
    const { submit, read } = await setUp()
    await submit(1)
    const controller = new AbortController()
    const waiting = read('s1', 60_000, controller.signal)
    controller.abort()
    expect(await waiting).toMatchObject({ status: 'queued' })
  })
  test('of an unknown strategy is refused', async () => {
    const { read } = await setUp()
    await expect(read('nobody')).rejects.toMatchObject({ code: 'E_UNKNOWN_STRATEGY' })
  })
})
