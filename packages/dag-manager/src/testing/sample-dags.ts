import fc from 'fast-check'
import {
  computeContextOf,
  nodeIdOf,
  type ComputeContext,
  type ContextRequest,
  type Dag,
  type DagNode,
} from '@qmtl/contracts'

/** A node with its true id; what is not given is that of a plain operator over hourly bars. */
export function sampleNode(
  fields: Partial<Omit<DagNode, 'node_id' | 'params'>> & { readonly params?: { n: number } } = {},
): DagNode {
  const node = {
    node_type: 'sma',
    kind: 'operator' as const,
    interval: 3600,
    period: 20,
    params: { n: 1 },
    dependencies: [],
    schema_compat_id: 'series/v1',
    schema_hash: 'schema-1',
    config_hash: 'config-1',
    code_hash: 'code-1',
    ...fields,
  }
  return { node_id: nodeIdOf(node), ...node }
}

export function sampleDag(nodes: readonly DagNode[], fields: Partial<Pick<Dag, 'name' | 'version'>> = {}): Dag {
  return { name: 'sample', version: 'v1', ...fields, nodes: [...nodes] }
}

/** Bars, an average over them, and the intent that follows it. */
export function threeNodes({ code = 'code-1', schema = 'schema-1' } = {}): readonly DagNode[] {
  const bars = sampleNode({ node_type: 'bars', kind: 'source', tags: ['BTC', 'price'], period: 0, code_hash: code })
  const average = sampleNode({ dependencies: [bars.node_id], schema_hash: schema })
  const target = sampleNode({ node_type: 'positionTarget', kind: 'intent', dependencies: [average.node_id], period: 0 })
  return [bars, average, target]
}

export const liveContext = computeContextOf({ world_id: 'w1', execution_domain: 'live' })

export function sampleContext(request: ContextRequest): ComputeContext {
  return computeContextOf({ world_id: 'w1', execution_domain: 'backtest', as_of: '2025-01-01T00:00:00Z', ...request })
}

/** Nodes of a small universe, so that DAGs share some; each depends on the one before it or on nothing. */
export const anyDag: fc.Arbitrary<Dag> = fc
  .record({
    picks: fc.array(
      fc.record({
        n: fc.nat(5),
        type: fc.constantFrom('sma', 'SMA', 'bars', 'TagQueryNode'),
        kind: fc.constantFrom('source' as const, 'operator' as const, 'intent' as const, undefined),
        schema: fc.constantFrom('schema-1', 'schema-2'),
        tags: fc.subarray(['BTC', 'ETH', 'price']),
        chained: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    version: fc.constantFrom('v1', 'V1', 'v2', undefined),
  })
  .map(({ picks, version }) => {
    const nodes = new Map<string, DagNode>()
    let last: string | undefined
    for (const { n, type, kind, schema, tags, chained } of picks) {
      const node = sampleNode({
        node_type: type,
        params: { n },
        schema_hash: schema,
        tags: type === 'TagQueryNode' ? [...tags, 'q'] : tags,
        dependencies: chained && last !== undefined ? [last] : [],
        ...(kind === undefined ? {} : { kind }),
      })
      nodes.set(node.node_id, node)
      last = node.node_id
    }
    return { name: 'any', nodes: [...nodes.values()], ...(version === undefined ? {} : { version }) }
  })

/** Contexts of few worlds and snapshots, downgraded ones among them. */
export const anyContext: fc.Arbitrary<ComputeContext> = fc
  .record({
    world_id: fc.constantFrom('w1', 'W1', 'w.2', null),
    execution_domain: fc.constantFrom('backtest', 'dryrun', 'live', 'shadow', null),
    as_of: fc.constantFrom('2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z', null),
    partition: fc.constantFrom('a', null),
  })
  .map(computeContextOf)
