import type { Submission } from '@qmtl/contracts'
import { createFakeClock } from '@qmtl/contracts/testing'
import { createGroupCommit, migrate, silentLogger } from '@qmtl/service-kit'
import { sqliteOpener } from '@qmtl/service-kit/testing'
import { describe, expect, test } from 'vitest'
import { gatewayMigrations } from '../database/migrations.ts'
import type { GatewayTables } from '../database/tables.ts'
import { createFakeDagManager, createFakeWorldService, sampleWorld } from '../testing/fake-services.ts'
import { sampleDag } from '../testing/sample-dag.ts'
import { createWorldReadings } from '../worlds/world-readings.ts'
import { createAcceptedDags } from './accepted-dags.ts'
import { createBacklog } from './backlog.ts'
import { createChangeBell } from './change-bell.ts'
import { createIngest } from './ingest.ts'
import { createStatusReader } from './strategy-status.ts'
import { createSubmissionRepository } from './submission-repository.ts'
import { createSubmissionWorker, type SubmissionChange } from './submission-worker.ts'
import { createWorkQueue } from './work-queue.ts'

const open = sqliteOpener()

/** Ingest, worker and status over one database, with the services around them faked. */
async function setUp() {
  const database = await open<GatewayTables>()
  await migrate(database, gatewayMigrations)
  const clock = createFakeClock()
  const worlds = createFakeWorldService()
  const dagManager = createFakeDagManager()
  const submissions = createSubmissionRepository(database)
  const queue = createWorkQueue(database)
  const accepted = createAcceptedDags()
  const backlog = createBacklog(clock)
  const changes = createChangeBell()
  const seen: SubmissionChange[] = []
  const submissionLog = createGroupCommit({ write: submissions.append })
  let count = 0
  const ingest = createIngest(
    {
      submissionLog,
      queue,
      accepted,
      backlog,
      readings: createWorldReadings(worlds.client, clock),
      worlds: worlds.client,
      dagManager: dagManager.client,
      clock,
      log: silentLogger,
      newId: () => `s${++count}`,
      onAccepted: () => undefined,
    },
    { maxNodes: 100 },
  )
  const newWorker = () =>
    createSubmissionWorker(
      {
        ...{ queue, accepted, backlog, dagManager: dagManager.client, worlds: worlds.client, clock, log: silentLogger },
        onChange(change) {
          seen.push(change)
          changes.ring(change.strategyId)
        },
      },
      { isShared: false },
    )
  const status = createStatusReader({ submissions, changes, clock, isShared: false })
  const never = new AbortController().signal
  return {
    ...{ clock, worlds, dagManager, ingest, queue, submissions, submissionLog, newWorker, seen, worker: newWorker() },
    submit: (seed: number, worldIds = ['w1']) =>
      ingest.submit({ dag: sampleDag(seed), world_ids: worldIds }, { caller: { sub: 'author' } }),
    read: (id: string, waitMs = 0, signal = never) => status.read(id, { waitMs, signal }),
  }
}

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
    worlds.worlds.set('w2', sampleWorld({ world_id: 'w2' }))
    await submit(1)
    await worker.step()
    await expect(submit(1, ['w1', 'w2'])).rejects.toMatchObject({ code: 'E_DUPLICATE', details: { strategy_id: 's1' } })
    expect(worlds.bindings.get('w2')).toEqual(new Set(['s1']))
    expect(await read('s1')).toMatchObject({ world_ids: ['w1', 'w2'] })
    expect(await submissions.list({ after: 0, limit: 10 })).toHaveLength(1)
  })
  test('whose second world cannot be bound at once is bound by the worker', async () => {
    const { submit, worker, worlds } = await setUp()
    worlds.worlds.set('w2', sampleWorld({ world_id: 'w2' }))
    await submit(1)
    await worker.step()
    const world = worlds.worlds.get('w2')!
    await submit(2, ['w2'])
    worlds.worlds.delete('w2')
    await expect(submit(1, ['w2'])).rejects.toMatchObject({ code: 'E_DUPLICATE' })
    expect(worlds.bindings.has('w2')).toBe(false)
    worlds.worlds.set('w2', world)
    await worker.start()
    while (worlds.bindings.get('w2')?.has('s1') !== true) await new Promise((resolve) => setImmediate(resolve))
    await worker.stop()
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
  test('is tried five times while the DAG Manager is away, then fails for good', async () => {
    const { submit, worker, dagManager, clock, read, submissions } = await setUp()
    await submit(1)
    dagManager.failure = 'E_UNAVAILABLE'
    let tries = 0
    for (let ms = 0; ms < 60_000; ms += 100) {
      tries += await worker.step()
      clock.advance(100)
    }
    expect(tries).toBe(5)
    expect(await read('s1')).toMatchObject({ status: 'failed', error: { code: 'E_UNAVAILABLE' }, plan: null })
    expect((await submissions.events('s1')).map(({ event }) => event)).toEqual(
      'INIT PROCESS FAIL RETRY FAIL RETRY FAIL RETRY FAIL RETRY FAIL'.split(' '),
    )
  })
  test('that is refused is not tried again', async () => {
    const { submit, worker, dagManager, clock } = await setUp()
    await submit(1)
    dagManager.failure = 'E_GRAPH_CORRUPT'
    expect(await worker.step()).toBe(1)
    clock.advance(60_000)
    expect(await worker.step()).toBe(0)
  })
  test('that fails for one submission goes on for the others', async () => {
    const { submit, worker, worlds, read } = await setUp()
    worlds.worlds.set('w2', sampleWorld({ world_id: 'w2' }))
    await submit(1, ['w2'])
    await submit(2, ['w1'])
    worlds.worlds.delete('w2')
    await worker.step()
    expect(await read('s1')).toMatchObject({ status: 'failed', error: { code: 'E_UNKNOWN_WORLD' } })
    expect(await read('s2')).toMatchObject({ status: 'completed' })
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
