import fc from 'fast-check'
import type { DagNode, Plan } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import {
  anyContext,
  anyDag,
  liveContext,
  sampleContext,
  sampleDag,
  sampleNode,
  threeNodes,
} from '../testing/sample-dags.ts'
import { emptyGraph, foldChanges, type FoldedGraph } from '../testing/fold-changes.ts'
import { diffRequestOf, type DiffBody } from './diff-request.ts'
import type { KnownGraph } from './graph-draft.ts'
import { planDiffs, planDryRun, type DiffOutcome } from './plan-diffs.ts'

const startMs = 1_700_000_000_000

/** Plans groups one after the other, each on the graph that the ones before it left. */
function planGroups(groups: readonly (readonly DiffBody[])[]): {
  graph: FoldedGraph
  outcomes: readonly DiffOutcome[]
} {
  let graph = emptyGraph
  const outcomes: DiffOutcome[] = []
  for (const group of groups) {
    const planned = planDiffs(group.map(diffRequestOf), graph, startMs)
    outcomes.push(...planned.outcomes)
    graph = foldChanges(graph, planned.changes)
  }
  return { graph, outcomes }
}

const planOf = (outcome: DiffOutcome | undefined): Plan => {
  if (outcome?.outcome !== 'planned') throw new Error(`not planned: ${JSON.stringify(outcome)}`)
  return outcome.plan
}

/** A sequence of diffs, and where to cut it into groups. */
const anyDiffs = fc.array(
  fc.record({ strategy_id: fc.constantFrom('a', 'b', 'c', 'd'), dag: anyDag, context: anyContext, cut: fc.boolean() }),
  { minLength: 1, maxLength: 12 },
)

describe('planning a group of diffs', () => {
  test('gives what its diffs give one by one, whatever the grouping', () => {
    fc.assert(
      fc.property(anyDiffs, (diffs) => {
        const groups: DiffBody[][] = [[]]
        for (const { cut, ...diff } of diffs) {
          if (cut) groups.push([])
          groups.at(-1)?.push(diff)
        }
        const grouped = planGroups(groups)
        const single = planGroups(diffs.map((diff) => [diff]))
        expect(grouped.outcomes).toEqual(single.outcomes)
        expect(grouped.graph).toEqual(single.graph)
      }),
      { numRuns: 300 },
    )
  })

  test('gives each compute key a topic of its own, counts plans by one and binds every node once', () => {
    fc.assert(
      fc.property(anyDiffs, (diffs) => {
        const { graph, outcomes } = planGroups([diffs])
        const owners = new Map<string, string>()
        const numbers = new Map<string, number>()
        for (const outcome of outcomes) {
          if (outcome.outcome === 'refused') continue
          const { plan } = outcome
          const latest = numbers.get(plan.strategy_id) ?? 0
          expect(plan.plan_number).toBeLessThanOrEqual(latest + 1)
          numbers.set(plan.strategy_id, Math.max(latest, plan.plan_number))
          expect(plan.reused + plan.created).toBe(plan.nodes.length)
          for (const { topic, compute_key, node_type } of plan.nodes) {
            expect(topic === null).toBe(node_type === 'TagQueryNode')
            if (topic === null) continue
            expect(owners.get(topic.toLowerCase()) ?? compute_key).toBe(compute_key)
            owners.set(topic.toLowerCase(), compute_key)
          }
        }
        expect(new Set(owners.values()).size).toBe(owners.size)
        expect([...graph.bindings.values()].filter(({ topic }) => topic !== null)).toHaveLength(owners.size)
      }),
      { numRuns: 300 },
    )
  })

  test('keeps a safe context out of every domain but backtest and without a sentinel', () => {
    fc.assert(
      fc.property(anyDag, anyContext, fc.boolean(), (dag, context, claimed) => {
        const body = { strategy_id: 's', dag, context: claimed ? { ...context, safe_mode: true } : context }
        const plan = planOf(planDiffs([diffRequestOf(body)], emptyGraph, startMs).outcomes[0])
        if (!plan.context.safe_mode) return
        expect(plan.context.execution_domain).toBe('backtest')
        expect(plan.sentinel_id).toBeNull()
        for (const { topic } of plan.nodes) expect(topic ?? '').not.toMatch(/(live|dryrun|shadow)\./)
      }),
    )
  })

  test('reuses what an earlier diff of the same group creates', () => {
    const dag = sampleDag(threeNodes())
    const { outcomes } = planGroups([
      [
        { strategy_id: 'a', dag, context: liveContext },
        { strategy_id: 'b', dag, context: liveContext },
      ],
    ])
    expect(outcomes.map((outcome) => planOf(outcome).created)).toEqual([3, 0])
    expect(planOf(outcomes[1]).queue_map).toEqual(planOf(outcomes[0]).queue_map)
  })

  test('leaves nothing of a refused diff behind and its neighbours untouched', () => {
    const node = sampleNode()
    // The same id for other code: what no honest submission holds.
    const forged = { ...node, code_hash: 'code-2' }
    const fresh = sampleNode({ params: { n: 2 } })
    const { outcomes, graph } = planGroups([
      [
        { strategy_id: 'a', dag: sampleDag([node]), context: liveContext },
        { strategy_id: 'b', dag: sampleDag([fresh, forged]), context: liveContext },
        { strategy_id: 'c', dag: sampleDag([node]), context: liveContext },
      ],
    ])
    expect(outcomes[1]).toMatchObject({ outcome: 'refused', error: { code: 'E_GRAPH_CORRUPT' } })
    expect(planOf(outcomes[2])).toMatchObject({ reused: 1, created: 0 })
    expect([...graph.nodes.keys()]).toEqual([node.node_id])
    expect([...graph.plans.keys()]).toEqual(['a', 'c'])
  })

  test('refuses a compute key that is bound to another context', () => {
    const body = { strategy_id: 'a', dag: sampleDag([sampleNode()]), context: liveContext }
    const { graph } = planGroups([[body]])
    const [[key, binding] = []] = graph.bindings
    const bound = { world_id: 'w1', execution_domain: 'live', as_of: '2024-01-01T00:00:00Z', partition: null }
    const crossed: KnownGraph = {
      ...graph,
      bindings: new Map([[key ?? '', { ...binding!, context: JSON.stringify(bound) }]]),
    }
    expect(planDiffs([diffRequestOf({ ...body, strategy_id: 'b' })], crossed, startMs).outcomes[0]).toMatchObject({
      error: {
        code: 'E_CROSS_CONTEXT',
        details: { bound, requested: { ...bound, as_of: null } },
      },
    })
  })

  test('gives a strategy its plan again, and refuses another graph under its name', () => {
    const body = { strategy_id: 'a', dag: sampleDag(threeNodes()), context: liveContext }
    const { outcomes, graph } = planGroups([[body], [body]])
    expect(outcomes[1]).toEqual(outcomes[0])
    const changed = { ...body, dag: sampleDag(threeNodes({ code: 'code-2' })) }
    expect(planDiffs([diffRequestOf(changed)], graph, startMs).outcomes[0]).toMatchObject({
      error: { code: 'E_INVALID_DAG' },
    })
  })
})

describe('tags', () => {
  const tagged = (...tags: string[]) => sampleDag([sampleNode({ tags })])
  const plan = (...dags: ReturnType<typeof tagged>[]) =>
    planGroups([dags.map((dag, index) => ({ strategy_id: `s${index}`, dag, context: liveContext }))])

  test('of a queue only grow, and are those of its own context', () => {
    const { graph, outcomes } = plan(tagged('b'), tagged('a'), tagged())
    const later = { strategy_id: 's0', dag: tagged('c'), context: sampleContext({}) }
    const { changes } = planDiffs([diffRequestOf(later)], graph, startMs)
    expect(outcomes).toHaveLength(3)
    expect(changes.queues.map(({ tags }) => tags)).toEqual(['["c"]'])
    expect([changes.changedNodes, changes.retaggedQueues]).toEqual([[], []])
    expect([...graph.bindings.values()][0]?.tags).toBe('["a","b"]')
  })

  test('of a shared queue end somewhere: who would add more is refused, who uses those it carries is not', () => {
    const tags = Array.from({ length: 250 }, (_, n) => `t${String(n).padStart(3, '0')}`)
    const full = Array.from({ length: 4 }, (_, part) => tagged(...tags.slice(part * 50, part * 50 + 50)))
    const { outcomes, graph } = plan(...full, tagged('one-more'), tagged('t007', 't199'))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([...Array<string>(4).fill('planned'), 'refused', 'planned'])
    expect(outcomes[4]).toMatchObject({
      error: { code: 'E_TOO_LARGE', message: expect.stringContaining('201 tags, 200 are allowed') as unknown },
    })
    expect([...graph.bindings.values()][0]?.tags).toBe(JSON.stringify(tags.slice(0, 200)))
  })

  test('touch the set that a queue leaves and the one it joins, and nothing when unchanged', () => {
    const first = planDiffs(
      [diffRequestOf({ strategy_id: 'a', dag: tagged('b'), context: liveContext })],
      emptyGraph,
      startMs,
    )
    const graph = foldChanges(emptyGraph, first.changes)
    const touched = (dag: ReturnType<typeof tagged>) =>
      planDiffs([diffRequestOf({ strategy_id: 'b', dag, context: liveContext })], graph, startMs).changes.touchedTagSets
    expect(first.changes.touchedTagSets.map(({ tags }) => tags)).toEqual(['["b"]'])
    expect(touched(tagged('b'))).toEqual([])
    expect(touched(tagged('a')).map(({ tags }) => tags)).toEqual(['["b"]', '["a","b"]'])
  })
})

test('a dry run decides as of now, is numbered 0 and adds no plan', () => {
  const body = { strategy_id: 'a', dag: sampleDag(threeNodes()), context: sampleContext({}) }
  const { graph } = planGroups([[body]])
  const { outcome, changes } = planDryRun(diffRequestOf(body), graph, startMs)
  expect(planOf(outcome)).toMatchObject({ plan_number: 0, reused: 3, created: 0 })
  expect([changes.plans, changes.sentinels, changes.nodes]).toEqual([[], [], []])
})

test.each([
  [{ node_id: 'blake3:short' }, 'E_INVALID_DAG'],
  [{ interval: -1 }, 'E_INVALID_DAG'],
  [{ period: 1.5 }, 'E_INVALID_DAG'],
  [{ dependencies: [`blake3:${'0'.repeat(64)}`] }, 'E_UNKNOWN_NODE'],
])('a DAG with a node of %j is refused with %s', (fields, code) => {
  const dag = sampleDag([{ ...sampleNode(), ...fields }])
  expect(() => diffRequestOf({ strategy_id: 'a', dag, context: liveContext })).toThrow(
    expect.objectContaining({ code }),
  )
})

test('nodes keep the order of a submission that has inputs first, and are put in order otherwise', () => {
  const [bars, average, target] = threeNodes()
  const loner = sampleNode({ params: { n: 9 } })
  const order = (...nodes: DagNode[]) =>
    diffRequestOf({ strategy_id: 'a', dag: sampleDag(nodes), context: liveContext }).nodes.map(({ node }) => node)
  expect(order(bars!, average!, loner, target!)).toEqual([bars, average, loner, target])
  expect(order(target!, average!, bars!)).toEqual([bars, average, target])
})

test('a cycle, a node that is there twice and an empty DAG are refused', () => {
  const [a, b] = [sampleNode({ params: { n: 1 } }), sampleNode({ params: { n: 2 } })]
  const cycle = sampleDag([
    { ...a, dependencies: [b.node_id] },
    { ...b, dependencies: [a.node_id] },
  ])
  const diff = (dag: typeof cycle) => () => diffRequestOf({ strategy_id: 'a', dag, context: liveContext })
  expect(diff(cycle)).toThrow(expect.objectContaining({ code: 'E_DAG_CYCLE' }))
  expect(diff(sampleDag([a, b, a]))).toThrow(expect.objectContaining({ code: 'E_INVALID_DAG' }))
  expect(diff(sampleDag([]))).toThrow(expect.objectContaining({ code: 'E_INVALID_DAG' }))
})
