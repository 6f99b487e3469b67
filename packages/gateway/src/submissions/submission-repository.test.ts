import { describe, expect, test } from 'vitest'
import { migrate, type Database } from '@qmtl/service-kit'
import { describeOnEveryDatabase } from '@qmtl/service-kit/testing'
import { gatewayMigrations } from '../database/migrations.ts'
import type { GatewayTables } from '../database/tables.ts'
import { sampleDag } from '../testing/sample-dag.ts'
import { samplePlan } from '../testing/sample-plan.ts'
import { createSubmissionRepository, type NewSubmission } from './submission-repository.ts'
import type { WorkError } from './work-failure.ts'
import { createWorkQueue, type ClaimedWork } from './work-queue.ts'
import { createWorldQueue } from './world-queue.ts'

const dag = sampleDag(1)
const plan = samplePlan(dag)

const submission = (id: string, worldIds: readonly string[] = ['w1'], dagHash = `hash-${id}`): NewSubmission => ({
  row: {
    strategy_id: id,
    dag_hash: dagHash,
    name: 'golden-cross',
    version: 'v1',
    node_ids_crc32: 0xffffffff,
    context: '{"c":1}',
    hints: '{"h":1}',
    meta: '{}',
    warnings: '[]',
    submitted_by: 'author',
    submitted_at_ms: 1_000,
    dag_size: 10,
    dag: JSON.stringify(dag),
  },
  worldIds,
})

const none = new Map<string, WorkError>()

describeOnEveryDatabase('the submission log', (open) => {
  async function setUp() {
    const database: Database<GatewayTables> = await open<GatewayTables>()
    await migrate(database, gatewayMigrations)
    return {
      log: createSubmissionRepository(database),
      queue: createWorkQueue(database),
      worlds: createWorldQueue(database),
    }
  }
  const take = (nowMs: number, limit = 10) => ({ nowMs, leaseMs: 60_000, limit })

  describe('append', () => {
    test('accepts new submissions in order and starts each in queued', async () => {
      const { log } = await setUp()
      const results = await log.append(['a', 'b', 'c'].map((id) => submission(id)))
      expect(results).toEqual(Array(3).fill({ outcome: 'accepted' }))
      expect((await log.list({ after: 0, limit: 10 })).map((row) => row.strategy_id)).toEqual(['a', 'b', 'c'])
      expect(await log.events('a')).toEqual([{ event: 'INIT', state: 'queued', at_ms: 1_000 }])
    })
    test('gives a known DAG its first strategy and binds the worlds named now as well', async () => {
      const { log } = await setUp()
      await log.append([submission('a', ['w2', 'w1'])])
      const results = await log.append([submission('b', ['w3', 'w1'], 'hash-a'), submission('c')])
      expect(results).toEqual([{ outcome: 'duplicate', strategyId: 'a', newWorldIds: ['w3'] }, { outcome: 'accepted' }])
      expect(await log.worldsOf('a')).toEqual(['w2', 'w1', 'w3'])
      expect(await log.find('b')).toBeUndefined()
    })
    test('tells duplicates within one batch apart', async () => {
      const { log } = await setUp()
      const results = await log.append([submission('a'), submission('b', ['w9'], 'hash-a')])
      expect(results).toEqual([{ outcome: 'accepted' }, { outcome: 'duplicate', strategyId: 'a', newWorldIds: ['w9'] }])
    })
    test('changes nothing when the same submission is appended again', async () => {
      const { log } = await setUp()
      await log.append([submission('a')])
      expect(await log.append([submission('a')])).toEqual([{ outcome: 'accepted' }])
      expect(await log.events('a')).toHaveLength(1)
    })
    test('keeps nothing of a batch that fails', async () => {
      const { log } = await setUp()
      await log.append([submission('a')])
      await expect(log.append([submission('b'), submission('a', ['w1'], 'another-hash')])).rejects.toThrow()
      expect(await log.find('b')).toBeUndefined()
    })
  })

  test('a reader that follows by position sees every submission, also of processes that append at once', async () => {
    const { log } = await setUp()
    let [seen, after, isDone] = [0, 0, false]
    const look = async () => {
      const page = await log.list({ after, limit: 1_000 })
      seen += page.length
      after = page.at(-1)?.position ?? after
    }
    const reading = (async () => {
      while (!isDone) await look()
    })()
    const writer = async (name: string) => {
      for (let index = 0; index < 60; index++) await log.append([submission(`${name}${index}`)])
    }
    await Promise.all([writer('a'), writer('b')])
    isDone = true
    await reading
    await look()
    expect(seen).toBe(120)
  })

  describe('reading', () => {
    test('finds a submission with its worlds and without a plan yet', async () => {
      const { log } = await setUp()
      await log.append([submission('a', ['w2', 'w1'])])
      expect(await log.find('a')).toEqual({
        position: 1,
        strategy_id: 'a',
        dag_hash: 'hash-a',
        name: 'golden-cross',
        version: 'v1',
        context: '{"c":1}',
        warnings: '[]',
        submitted_at_ms: 1_000,
        status: 'queued',
        failures: 0,
        due_at_ms: 1_000,
        error: null,
        plan: null,
        world_ids: ['w2', 'w1'],
        world_failures: [],
      })
      expect(await log.find('nobody')).toBeUndefined()
      expect(await log.worldsOf('nobody')).toBeUndefined()
    })
    test('lists by world, page by page', async () => {
      const { log } = await setUp()
      await log.append([submission('a'), submission('b', ['w2']), submission('c', ['w2', 'w1'])])
      const ids = async (filter: Parameters<typeof log.list>[0]) =>
        (await log.list(filter)).map((row) => row.strategy_id)
      expect(await ids({ worldId: 'w1', after: 0, limit: 10 })).toEqual(['a', 'c'])
      expect(await ids({ worldId: 'w1', after: 0, limit: 1 })).toEqual(['a'])
      expect(await ids({ worldId: 'w1', after: 1, limit: 10 })).toEqual(['c'])
      expect(await ids({ worldId: 'w3', after: 0, limit: 10 })).toEqual([])
    })
  })

  describe('work', () => {
    test('is taken up oldest first, once, with the worlds it is for', async () => {
      const { log, queue } = await setUp()
      await log.append([submission('a'), submission('b', ['w2', 'w1']), submission('c')])
      const first = await queue.claim(take(1_000, 2))
      expect(first).toMatchObject([
        { strategy_id: 'a', attempts: 1, context: '{"c":1}', hints: '{"h":1}', dag_size: 10, worldIds: ['w1'] },
        { strategy_id: 'b', attempts: 1, worldIds: ['w2', 'w1'] },
      ])
      expect((await queue.claim(take(1_000))).map((work) => work.strategy_id)).toEqual(['c'])
      expect(await queue.claim(take(1_000))).toEqual([])
      expect(await queue.dagsOf(['a', 'c'])).toEqual(
        new Map([
          ['a', JSON.stringify(dag)],
          ['c', JSON.stringify(dag)],
        ]),
      )
      expect((await log.find('a'))?.status).toBe('processing')
    })
    test('is completed with its plan, its bindings and its events', async () => {
      const { log, queue } = await setUp()
      await log.append([submission('a')])
      const [work] = await queue.claim(take(2_000))
      await queue.complete([{ work: work!, plan, refused: none }], 3_000)
      expect(await log.find('a')).toMatchObject({ status: 'completed', error: null, plan })
      expect(await log.events('a')).toEqual([
        { event: 'INIT', state: 'queued', at_ms: 1_000 },
        { event: 'PROCESS', state: 'processing', at_ms: 2_000 },
        { event: 'COMPLETE', state: 'completed', at_ms: 3_000 },
      ])
      expect(await queue.nextDueMs()).toBeUndefined()
    })
    test('that failed is taken up again when it falls due, and not at all without a time', async () => {
      const { log, queue } = await setUp()
      await log.append([submission('a'), submission('b')])
      const [a, b] = await queue.claim(take(1_000))
      const error = { code: 'E_UNAVAILABLE', message: 'away' } as const
      await queue.fail(
        [
          { work: a!, error, retryAtMs: 1_500 },
          { work: b!, error, retryAtMs: undefined },
        ],
        1_001,
      )
      expect(await log.find('a')).toMatchObject({ status: 'failed', error: JSON.stringify(error) })
      expect(await queue.claim(take(1_499))).toEqual([])
      expect(await queue.nextDueMs()).toBe(1_500)
      expect(await queue.claim(take(1_500))).toMatchObject([{ strategy_id: 'a', attempts: 2 }])
      expect((await log.events('a')).map(({ event }) => event)).toEqual(['INIT', 'PROCESS', 'FAIL'])
    })
    test('that failed for good is tried again when its DAG is submitted again', async () => {
      const { log, queue } = await setUp()
      await log.append([submission('a'), submission('b')])
      const [a, b] = await queue.claim(take(1_000))
      await queue.fail([{ work: a!, error: { code: 'E_UNAVAILABLE', message: '' }, retryAtMs: undefined }], 1_000)
      await queue.complete([{ work: b!, plan, refused: none }], 1_000)
      await log.append([submission('c', ['w1'], 'hash-a'), submission('d', ['w1'], 'hash-b')])
      expect(await queue.claim(take(1_000))).toMatchObject([{ strategy_id: 'a', attempts: 2 }])
    })
    test('whose claim ran out goes to another worker, and the late one changes nothing', async () => {
      const { log, queue } = await setUp()
      await log.append([submission('a')])
      const [late] = await queue.claim(take(1_000))
      expect(await queue.claim(take(60_999))).toEqual([])
      const [next] = await queue.claim(take(61_000))
      await queue.complete([{ work: late!, plan, refused: none }], 61_001)
      await queue.fail([{ work: late!, error: { code: 'E_INTERNAL', message: '' }, retryAtMs: undefined }], 61_001)
      expect((await log.find('a'))?.status).toBe('processing')
      await queue.complete([{ work: next!, plan, refused: none }], 61_002)
      expect((await log.find('a'))?.status).toBe('completed')
      expect((await log.events('a')).map(({ event }) => event)).toEqual([
        'INIT',
        'PROCESS',
        'FAIL',
        'RETRY',
        'COMPLETE',
      ])
    })
    test('left behind by a worker that is gone is due at once after release', async () => {
      const { log, queue } = await setUp()
      await log.append([submission('a')])
      await queue.claim(take(1_000))
      await queue.release(1_001)
      expect(await queue.claim(take(1_001))).toMatchObject([{ strategy_id: 'a', attempts: 2 }])
    })
    test('two workers at once never take the same', async () => {
      const { log, queue } = await setUp()
      await log.append(Array.from({ length: 20 }, (_, index) => submission(`s${index}`)))
      const claims: (readonly ClaimedWork[])[] = await Promise.all([1, 2, 3, 4].map(() => queue.claim(take(1_000, 5))))
      const ids = claims.flat().map((work) => work.strategy_id)
      expect(new Set(ids).size).toBe(ids.length)
    })
  })

  describe('work in a world', () => {
    /** Submissions of these worlds, all completed. */
    async function completed(submitted: Readonly<Record<string, readonly string[]>>) {
      const context = await setUp()
      await context.log.append(Object.entries(submitted).map(([id, worldIds]) => submission(id, worldIds)))
      const works = await context.queue.claim(take(1_000, 100))
      await context.queue.complete(
        works.map((work) => ({ work, plan, refused: none })),
        1_001,
      )
      const claim = async (nowMs: number) => context.worlds.claim(take(nowMs))
      const claimed = async (nowMs: number) => (await claim(nowMs)).map((work) => [work.strategy_id, work.worldId])
      return { ...context, claim, claimed }
    }
    const away = { code: 'E_UNAVAILABLE', message: 'away' } as const
    const unknown = { code: 'E_UNKNOWN_WORLD', message: 'no world' } as const

    test('is there for every world but the first once the submission is completed, and not before', async () => {
      const { log, queue, worlds } = await setUp()
      await log.append([submission('a', ['w1', 'w2', 'w3'])])
      expect(await worlds.claim(take(5_000))).toEqual([])
      expect(await worlds.nextDueMs()).toBeUndefined()
      const [work] = await queue.claim(take(1_000))
      await queue.complete([{ work: work!, plan, refused: none }], 1_001)
      expect(await worlds.nextDueMs()).toBe(1_000)
      expect(await worlds.claim(take(1_001))).toMatchObject([
        { strategy_id: 'a', worldId: 'w2', hints: '{"h":1}', dag_size: 10, planned: undefined },
        { strategy_id: 'a', worldId: 'w3', planned: undefined },
      ])
      expect(await worlds.claim(take(1_002))).toEqual([])
    })
    test('is there for a world that a completed submission joins', async () => {
      const { log, claimed } = await completed({ a: ['w1'] })
      await log.append([submission('b', ['w1', 'w2'], 'hash-a')])
      expect(await claimed(2_000)).toEqual([['a', 'w2']])
    })
    test('keeps the plan beside that of the first world, which the record shows', async () => {
      const { log, worlds, claim } = await completed({ a: ['w1', 'w2'] })
      const [work] = await claim(1_001)
      await worlds.end([{ kind: 'planned', work: work!, context: '{"c":2}', plan: { ...plan, plan_number: 2 } }], 2_000)
      expect(await log.find('a')).toMatchObject({ context: '{"c":1}', plan })
      await worlds.askForWorld('w1', 2_000)
      await worlds.askForWorld('w2', 2_000)
      const [first, second] = await claim(2_000)
      expect([first?.planned, second?.planned]).toEqual(['{"c":1}', '{"c":2}'])
      const again = { ...plan, plan_number: 3 }
      await worlds.end([{ kind: 'planned', work: first!, context: '{"c":3}', plan: again }], 2_001)
      expect(await log.find('a')).toMatchObject({ context: '{"c":3}', plan: again })
      expect(await log.list({ after: 0, limit: 10 })).toMatchObject([{ context: '{"c":3}', plan: null }])
    })
    test('is asked for by world, also while a submission is under way', async () => {
      const { log, worlds, queue, claimed } = await completed({ a: ['w1'], b: ['w2'] })
      await log.append([submission('c')])
      const [late] = await queue.claim(take(1_000))
      await worlds.askForWorld('w1', 2_000)
      expect(await claimed(2_000)).toEqual([['a', 'w1']])
      await queue.complete([{ work: late!, plan, refused: none }], 2_001)
      expect(await claimed(2_001)).toEqual([['c', 'w1']])
    })
    test('that is asked for again while it is done stays to be done, and what was done is dropped', async () => {
      const { log, worlds, claim, claimed } = await completed({ a: ['w1'] })
      await worlds.askForWorld('w1', 2_000)
      const [work] = await claim(2_000)
      await worlds.askFor([{ position: work!.position, world_id: 'w1' }], 2_001)
      const outcome = { kind: 'planned', work: work!, context: '{"c":2}', plan } as const
      expect(await worlds.end([outcome], 2_002)).toEqual([])
      expect(await log.find('a')).toMatchObject({ context: '{"c":1}' })
      expect(await claimed(2_002)).toEqual([['a', 'w1']])
    })
    test('that fails is taken up again when it falls due, and shows why until then', async () => {
      const { log, worlds, claim } = await completed({ a: ['w1', 'w2'] })
      const [work] = await claim(1_001)
      await worlds.end([{ kind: 'delayed', work: work!, error: away, retryAtMs: 3_000 }], 2_000)
      const failure = { world_id: 'w2', failures: 1, due_at_ms: 3_000, error: JSON.stringify(away) }
      expect(await log.find('a')).toMatchObject({ world_ids: ['w1', 'w2'], world_failures: [failure] })
      expect(await claim(2_999)).toEqual([])
      const [next] = await claim(3_000)
      expect(next).toMatchObject({ failures: 1, worldId: 'w2' })
      await worlds.end([{ kind: 'kept', work: next! }], 3_001)
      expect(await log.find('a')).toMatchObject({ world_failures: [] })
    })
    test('left behind by a worker that is gone is due at once after release', async () => {
      const { worlds, claim, claimed } = await completed({ a: ['w1', 'w2'] })
      await claim(1_001)
      await worlds.release(1_002)
      expect(await claimed(1_002)).toEqual([['a', 'w2']])
    })
    test('that the world refuses makes it a world of the strategy no longer, until it is named again', async () => {
      const { log, worlds, claim, claimed } = await completed({ a: ['w1', 'w2'] })
      const [work] = await claim(1_001)
      await worlds.end([{ kind: 'dropped', work: work!, error: unknown }], 2_000)
      const failure = { world_id: 'w2', failures: 1, due_at_ms: null, error: JSON.stringify(unknown) }
      expect(await log.find('a')).toMatchObject({ world_ids: ['w1'], world_failures: [failure] })
      expect(await log.worldsOf('a')).toEqual(['w1'])
      expect(await log.list({ worldId: 'w2', after: 0, limit: 10 })).toEqual([])
      await worlds.askForWorld('w2', 3_000)
      expect(await claimed(3_000)).toEqual([])
      const [joined] = await log.append([submission('b', ['w2'], 'hash-a')])
      expect(joined).toEqual({ outcome: 'duplicate', strategyId: 'a', newWorldIds: ['w2'] })
      expect(await claimed(3_000)).toEqual([['a', 'w2']])
      expect(await log.find('a')).toMatchObject({ world_ids: ['w1', 'w2'], world_failures: [] })
    })
    test('that is refused a plan keeps the one it has', async () => {
      const { log, worlds, claim } = await completed({ a: ['w1'] })
      await worlds.askForWorld('w1', 2_000)
      const [work] = await claim(2_000)
      await worlds.end([{ kind: 'refused', work: work!, error: { code: 'E_CROSS_CONTEXT', message: '' } }], 2_001)
      expect(await log.find('a')).toMatchObject({
        ...{ world_ids: ['w1'], plan },
        world_failures: [{ world_id: 'w1', due_at_ms: null }],
      })
    })
    test('a world that refuses while a submission is completed is dropped with its reason', async () => {
      const { log, queue, worlds } = await setUp()
      await log.append([submission('a', ['w9', 'w1'])])
      const [work] = await queue.claim(take(1_000))
      await queue.complete([{ work: work!, plan, refused: new Map([['w9', unknown]]) }], 1_001)
      expect(await log.find('a')).toMatchObject({ status: 'completed', world_ids: ['w1'], plan })
      const [next] = await worlds.claim(take(1_001))
      await worlds.end([{ kind: 'planned', work: next!, context: '{"c":2}', plan }], 1_002)
      expect(await log.find('a')).toMatchObject({ context: '{"c":2}' })
    })
    test('two workers at once never take the same', async () => {
      const { worlds, claim } = await completed(
        Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`s${index}`, ['w1', 'w2', 'w3']])),
      )
      const claims = await Promise.all([1, 2, 3, 4].map(() => worlds.claim(take(1_001, 5))))
      const taken = [...claims.flat(), ...(await claim(1_001))].map((work) => `${work.strategy_id} ${work.worldId}`)
      expect(new Set(taken).size).toBe(taken.length)
    })
  })
})

describeOnEveryDatabase('a database of an earlier schema', (open) => {
  test('is refused with what it is', async () => {
    const database = await open<GatewayTables>()
    await migrate(database, [{ name: '0001-submissions', up: async () => undefined }])
    await expect(migrate(database, gatewayMigrations)).rejects.toMatchObject({
      code: 'E_MIGRATION',
      message: "step 1 of the database is '0001-submissions', of this release '0001-submission-log'",
    })
  })
})
