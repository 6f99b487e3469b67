import fc from 'fast-check'
import { createFakeClock } from '@qmtl/contracts/testing'
import { migrate, outboxMigration, type Database } from '@qmtl/service-kit'
import { describeOnEveryDatabase } from '@qmtl/service-kit/testing'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { diffRequestOf, queueContextOf, type DiffBody, type DiffRequest } from '../graph/diff-request.ts'
import { planDiffs, type DiffOutcome } from '../graph/plan-diffs.ts'
import type { GraphStore } from '../ports.ts'
import { emptyGraph } from '../testing/fold-changes.ts'
import {
  anyContext,
  anyDag,
  liveContext,
  sampleContext,
  sampleDag,
  sampleNode,
  threeNodes,
} from '../testing/sample-dags.ts'
import { createSqlGraphStore } from './sql-graph-store.ts'
import { graphMigrations, type DagManagerTables } from './tables.ts'

const clock = createFakeClock()
const live = queueContextOf(liveContext)
const request = (strategy_id: string, dag: DiffBody['dag'], context = liveContext): DiffRequest =>
  diffRequestOf({ strategy_id, dag, context })
const planOf = (outcome: DiffOutcome | undefined) => {
  if (outcome?.outcome !== 'planned') throw new Error(JSON.stringify(outcome))
  return outcome.plan
}

describeOnEveryDatabase('the graph store', (open) => {
  let database: Database<DagManagerTables>
  let store: GraphStore
  beforeEach(async () => {
    database = await open<DagManagerTables>()
    await migrate(database, [outboxMigration, ...graphMigrations])
    store = createSqlGraphStore({ database, clock })
  })

  const diff = async (...args: Parameters<typeof request>) => planOf((await store.commit([request(...args)]))[0])
  const published = async () => {
    const { rows } = await sql<{ event: string }>`select event from outbox order by position`.execute(database.kysely)
    return rows.map(
      ({ event }) => JSON.parse(event) as { subject: string; sequence: number; data: Record<string, unknown> },
    )
  }

  test('answers as the pure rules do, however diffs are grouped and whatever store instance commits them', async () => {
    const anyDiffs = fc.array(
      fc.record({ strategy_id: fc.constantFrom('a', 'b', 'c'), dag: anyDag, context: anyContext, cut: fc.boolean() }),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(anyDiffs, async (diffs) => {
        const requests = diffs.map((body) => diffRequestOf(body))
        const groups: DiffRequest[][] = [[]]
        diffs.forEach(({ cut }, index) => {
          if (cut) groups.push([])
          groups.at(-1)?.push(...requests.slice(index, index + 1))
        })
        for (const table of ['nodes', 'queues', 'queue_tags', 'queue_sets', 'plans', 'sentinels'] as const) {
          await database.kysely.deleteFrom(table).execute()
        }
        const outcomes: DiffOutcome[] = []
        for (const group of groups) {
          outcomes.push(...(await createSqlGraphStore({ database, clock }).commit(group)))
          await sql`delete from outbox`.execute(database.kysely)
        }
        expect(outcomes).toEqual(planDiffs(requests, emptyGraph, clock.now()).outcomes)
      }),
      { numRuns: 25 },
    )
  })

  test('keeps and returns every member of a node and a queue', async () => {
    const node = sampleNode({ node_type: 'bars', kind: 'source', tags: ['b', 'a'], params: { n: 7 } })
    const plan = await diff('s1', sampleDag([node], { version: 'v2' }), sampleContext({ partition: 'p' }))
    expect(await database.kysely.selectFrom('nodes').selectAll().execute()).toEqual([
      {
        position: 1,
        node_id: node.node_id,
        node_type: 'bars',
        interval: 3600,
        period: 20,
        schema_hash: 'schema-1',
        code_hash: 'code-1',
        content: JSON.stringify({
          kind: 'source',
          params: { n: 7 },
          dependencies: [],
          schema_compat_id: 'series/v1',
          config_hash: 'config-1',
        }),
        created_at_ms: clock.now(),
        buffering_since_ms: null,
      },
    ])
    expect(await database.kysely.selectFrom('queues').selectAll().execute()).toEqual([
      {
        position: 1,
        node_position: 1,
        compute_key: plan.nodes[0]?.compute_key,
        topic: plan.nodes[0]?.topic,
        context: JSON.stringify({
          world_id: 'w1',
          execution_domain: 'backtest',
          as_of: '2025-01-01T00:00:00Z',
          partition: 'p',
        }),
        settings: JSON.stringify({ topic_type: 'raw', retention_ms: 7 * 86_400_000, version: 'v2' }),
        tags: '["a","b"]',
        created_at_ms: clock.now(),
      },
    ])
    expect(await store.latestPlan('s1')).toEqual(plan)
    expect(await store.latestPlan('s2')).toBeUndefined()
  })

  test('has a row that repeats a key refused by the database itself', async () => {
    await diff('s1', sampleDag([sampleNode()]))
    await diff('s1', sampleDag([sampleNode()]), sampleContext({}))
    const { kysely } = database
    const [node] = await kysely.selectFrom('nodes').selectAll().execute()
    const [queue] = await kysely.selectFrom('queues').selectAll().execute()
    const [plan] = await kysely.selectFrom('plans').selectAll().execute()
    const insertNode = (changed: object) =>
      kysely
        .insertInto('nodes')
        .values({ ...node!, ...changed })
        .execute()
    const insertQueue = (changed: object) =>
      kysely
        .insertInto('queues')
        .values({ ...queue!, ...changed })
        .execute()
    const insertPlan = (changed: object) =>
      kysely
        .insertInto('plans')
        .values({ ...plan!, ...changed })
        .execute()
    await expect(insertNode({ position: 9 })).rejects.toThrow(/unique/i)
    await expect(insertQueue({ position: 9, topic: 'other' })).rejects.toThrow(/unique/i)
    const shouted = queue?.topic?.toUpperCase()
    await expect(insertQueue({ position: 9, compute_key: 'k', topic: shouted })).rejects.toThrow(/unique/i)
    await expect(insertPlan({ plan_number: 9 })).rejects.toThrow(/unique/i)
    await expect(insertPlan({ context_key: 'k' })).rejects.toThrow(/unique/i)
    await insertNode({ position: 9, node_id: 'n' })
    await insertQueue({ position: 9, compute_key: 'k', topic: 'other' })
    await insertPlan({ plan_number: 9, context_key: 'k' })
  })

  test('refuses to read a plan whose queue is gone', async () => {
    await diff('s1', sampleDag([sampleNode()]))
    await database.kysely.deleteFrom('queues').execute()
    await expect(store.latestPlan('s1')).rejects.toMatchObject({ code: 'E_GRAPH_CORRUPT' })
  })

  test('takes graphs larger than one statement', async () => {
    const nodes = Array.from({ length: 700 }, (_, n) => sampleNode({ params: { n }, tags: ['big'] }))
    expect(await diff('s1', sampleDag(nodes))).toMatchObject({ created: 700 })
    expect(await diff('s2', sampleDag(nodes.slice(100)))).toMatchObject({ created: 0, reused: 600 })
    expect(await store.topicsByTag({ tags: ['big'], interval: 3600, match: 'all', context: live })).toHaveLength(700)
  })

  test('gives every snapshot a name of its own, and no later one a longer one than the second', async () => {
    const dag = sampleDag([sampleNode({ tags: ['BTC'] })])
    const days = Array.from({ length: 40 }, (_, day) => `2025-01-01T00:00:${String(day).padStart(2, '0')}Z`)
    const topics = new Set<string>()
    for (const as_of of days) topics.add((await diff('s1', dag, sampleContext({ as_of }))).nodes[0]?.topic ?? '')
    const [first, ...later] = topics
    expect(later).toHaveLength(39)
    expect(first).toMatch(/^w1\.backtest\.btc_sma_[0-9a-f]{8}_v1$/)
    for (const topic of later) expect(topic).toMatch(/^w1\.backtest\.btc_sma_[0-9a-f]{8}-[0-9a-f]{8}_v1$/)
  })

  test('lets concurrent transactions create the same nodes once', async () => {
    const stores = Array.from({ length: 4 }, () => createSqlGraphStore({ database, clock }))
    const dag = sampleDag(threeNodes())
    const outcomes = await Promise.all(
      stores.flatMap((each, index) => [
        each.commit([request(`s${index}`, dag), request(`t${index}`, dag)]),
        each.commit([request('shared', dag, sampleContext({}))]),
      ]),
    )
    const plans = outcomes.flat().map(planOf)
    const first = plans.filter(({ strategy_id, created }) => strategy_id !== 'shared' && created === 3)
    expect(first).toHaveLength(1)
    expect(
      new Set(plans.filter((plan) => plan.strategy_id === 'shared').map((plan) => JSON.stringify(plan))).size,
    ).toBe(1)
    expect(await database.kysely.selectFrom('nodes').selectAll().execute()).toHaveLength(3)
    expect(await database.kysely.selectFrom('queues').selectAll().execute()).toHaveLength(6)
  })

  test('tells the full list of a tag set once per commit, counted from 1 without gaps', async () => {
    const node = (n: number, ...tags: string[]) => sampleNode({ params: { n }, tags })
    await store.commit([
      request('s1', sampleDag([node(1, 'BTC'), node(2, 'BTC'), sampleNode({ params: { n: 3 } })])),
      request('s2', sampleDag([node(4, 'BTC')])),
    ])
    await diff('s3', sampleDag([node(1, 'BTC')]))
    await diff('s4', sampleDag([node(1, 'ETH')]))
    const events = await published()
    const all = await store.topicsByTag({ tags: ['BTC'], interval: 3600, match: 'any', context: live })
    const [grown] = await store.topicsByTag({ tags: ['ETH'], interval: 3600, match: 'any', context: live })
    const names = (topics: readonly (string | undefined)[]) => topics.map((queue) => ({ queue, global: false }))
    expect(all).toHaveLength(3)
    expect(events.map(({ sequence, data: { tags, queues } }) => ({ sequence, tags, queues }))).toEqual([
      { sequence: 1, tags: ['BTC'], queues: names(all) },
      { sequence: 2, tags: ['BTC'], queues: names(all.filter((topic) => topic !== grown)) },
      { sequence: 1, tags: ['BTC', 'ETH'], queues: names([grown]) },
    ])
    expect(events[0]?.subject).toMatch(/^queues:w1:live:3600:[0-9a-f]{32}$/)
    expect(events.map(({ subject }) => subject === events[0]?.subject)).toEqual([true, true, false])
    expect(events[1]?.data).toMatchObject({
      version: 1,
      tags: ['BTC'],
      interval: 3600,
      world_id: 'w1',
      execution_domain: 'live',
      as_of: null,
      partition: null,
      state_version: 2,
      etag: `${events[1]?.subject}:2`,
    })
  })

  test('announces a set whose tags are longer than a key of an index may be', async () => {
    const tags = Array.from({ length: 50 }, (_, n) =>
      sampleNode({ params: { n } }).node_id.slice(7).padEnd(98, `_${n}`),
    )
    await diff('s1', sampleDag([sampleNode({ tags })]))
    expect((await published()).map(({ data }) => data['tags'])).toEqual([tags.toSorted()])
    expect(await store.topicsByTag({ tags, interval: 3600, match: 'all', context: live })).toHaveLength(1)
  })

  test('keeps nothing when a commit fails', async () => {
    const poisoned = {
      ...request('s2', sampleDag([sampleNode({ params: { n: 2 } })])),
      strategyId: null as unknown as string,
    }
    await expect(store.commit([request('s1', sampleDag(threeNodes())), poisoned])).rejects.toThrow()
    expect(await database.kysely.selectFrom('nodes').selectAll().execute()).toEqual([])
    expect(await published()).toEqual([])
  })
})
