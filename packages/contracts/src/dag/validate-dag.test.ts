import { describe, expect, test } from 'vitest'
import { nodeIdOf } from '../identity/node-id.ts'
import { documentHash, nodeIdsCrc32 } from '../identity/record-keys.ts'
import type { DagNode } from './dag.ts'
import { topologicalOrder, validateDag } from './validate-dag.ts'

const limits = { maxNodes: 5 }
const h = documentHash({})

function node(content: Partial<DagNode> & { readonly node_type: string }): DagNode {
  const full = { interval: 60, period: 1, params: {}, schema_compat_id: 'series/v1', code_hash: h, ...content }
  return { ...full, config_hash: h, schema_hash: h, node_id: nodeIdOf({ ...full, params: {} }) }
}

const source = node({ node_type: 'bars', kind: 'source' })
const mean = node({ node_type: 'sma', kind: 'operator', dependencies: [source.node_id] })
const target = node({ node_type: 'position_target', kind: 'intent', dependencies: [mean.node_id] })
const dag = { name: 'demo', nodes: [target, mean, source] }
const withNodes = (...nodes: readonly unknown[]) => ({ name: 'demo', nodes })

test('a sound DAG is ordered by dependency and hashed', () => {
  const valid = validateDag(dag, limits, nodeIdsCrc32(dag.nodes.map(({ node_id }) => node_id)))
  expect(valid.ordered).toEqual([source, mean, target])
  expect(valid.dagHash).toBe(validateDag({ ...dag, nodes: [source, mean, target] }, limits).dagHash)
  expect(valid.warnings).toEqual([])
})

test('parameters that the id drops are warned about with their path', () => {
  const seeded = { ...source, params: { opts: { seed: 1 } }, node_id: nodeIdOf({ ...source, params: { opts: {} } }) }
  expect(validateDag(withNodes(seeded), limits).warnings).toEqual([
    `${seeded.node_id}: parameter opts.seed is not part of the node's identity`,
  ])
})

test('a cycle is refused with the nodes on it', () => {
  const cycle = [
    { ...mean, node_id: 'a', dependencies: ['b'] },
    { ...mean, node_id: 'b', dependencies: ['a'] },
  ]
  expect(() => topologicalOrder([source, ...cycle])).toThrow(
    expect.objectContaining({ code: 'E_DAG_CYCLE', details: { nodes: ['a', 'b'] } }),
  )
})

test('a flood of warnings is cut to fifty, the last of which counts the rest', () => {
  const params = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`env_${n}`, 1]))
  const long = { ['x'.repeat(5_000)]: {} }
  const seeded = { ...source, node_id: nodeIdOf({ ...source, params: long }), params: { ['x'.repeat(5_000)]: params } }
  const { warnings } = validateDag(withNodes(seeded), limits)
  expect(warnings).toHaveLength(50)
  expect(warnings.at(-1)).toBe('and 31 more warnings')
  expect(warnings.every((warning) => warning.length < 400)).toBe(true)
})

function nested(levels: number): Record<string, unknown> {
  let document: Record<string, unknown> = {}
  for (let level = 1; level < levels; level++) document = { document }
  return document
}

describe('each fault has its code and names its place', () => {
  test.each([
    ['not an object', [], 'E_INVALID_DAG', undefined],
    ['no nodes', { name: 'x' }, 'E_INVALID_DAG', undefined],
    ['empty nodes', withNodes(), 'E_INVALID_DAG', undefined],
    ['too many nodes', withNodes(source, source, source, source, source, source), 'E_TOO_LARGE', undefined],
    ['a name with a space', { ...dag, name: 'a b' }, 'E_INVALID_DAG', '/name'],
    ['an unknown member', withNodes({ ...source, widnow: 1 }), 'E_INVALID_DAG', '/nodes/0/widnow'],
    ['an old schema version', { ...dag, schema_version: 'v0' }, 'E_SCHEMA_INVALID', '/schema_version'],
    ['a missing hash', withNodes(source, { ...mean, code_hash: '' }), 'E_NODE_ID_FIELDS', '/nodes/1/code_hash'],
    ['a missing id', withNodes({ ...source, node_id: undefined }), 'E_NODE_ID_FIELDS', '/nodes/0/node_id'],
    ['a fractional interval', withNodes({ ...source, interval: 1.5 }), 'E_NODE_ID_FIELDS', '/nodes/0'],
    ['two schemas', withNodes({ ...source, schema_id: 'other' }), 'E_SCHEMA_COMPAT_MISMATCH', '/nodes/0'],
    ['a wrong id', withNodes({ ...source, node_id: mean.node_id }), 'E_NODE_ID_MISMATCH', '/nodes/0/node_id'],
    [
      'params that would overflow the stack',
      withNodes({ ...source, params: nested(100_000) }),
      'E_INVALID_DAG',
      undefined,
    ],
    ['a meta that would overflow the stack', { ...dag, meta: nested(100_000) }, 'E_INVALID_DAG', undefined],
    ['a node that is there twice', withNodes(source, mean, source), 'E_INVALID_DAG', '/nodes/2/node_id'],
    [
      'more dependencies than a node may have',
      withNodes({ ...mean, dependencies: Array<string>(1_001).fill(source.node_id) }),
      'E_INVALID_DAG',
      '/nodes/0/dependencies',
    ],
    ['an unknown dependency', withNodes(mean), 'E_UNKNOWN_NODE', '/nodes/0/dependencies'],
  ])('%s', (_, input, code, path) => {
    expect(() => validateDag(input, limits)).toThrow(
      expect.objectContaining({ code, errors: path === undefined ? [] : [expect.objectContaining({ path })] }),
    )
  })

  test('a wrong checksum', () => {
    expect(() => validateDag(dag, limits, 1)).toThrow(expect.objectContaining({ code: 'E_CHECKSUM_MISMATCH' }))
  })

  test('a label behind an intent', () => {
    const label = node({ node_type: 'forward_return', kind: 'operator', delayed: true, dependencies: [source.node_id] })
    const intent = node({ node_type: 'position_target', kind: 'intent', dependencies: [label.node_id] })
    expect(() => validateDag(withNodes(source, label, intent), limits)).toThrow(
      expect.objectContaining({ code: 'E_DELAYED_INPUT' }),
    )
  })

  test('a label by its parameters, whatever the node says of itself', () => {
    const params = { label_delay: 5 }
    const plain = node({ node_type: 'custom', kind: 'operator', dependencies: [source.node_id] })
    const label = { ...plain, params, node_id: nodeIdOf({ ...plain, params }), delayed: false }
    const intent = node({ node_type: 'position_target', kind: 'intent', dependencies: [label.node_id] })
    expect(() => validateDag(withNodes(source, label, intent), limits)).toThrow(
      expect.objectContaining({ code: 'E_DELAYED_INPUT' }),
    )
  })

  test('a label marked by one of two copies is not hidden by the other', () => {
    const label = node({ node_type: 'forward_return', kind: 'operator', dependencies: [source.node_id] })
    const intent = node({ node_type: 'position_target', kind: 'intent', dependencies: [label.node_id] })
    const copies = withNodes(source, { ...label, delayed: true }, label, intent)
    expect(() => validateDag(copies, limits)).toThrow(
      expect.objectContaining({ code: 'E_INVALID_DAG', message: expect.stringContaining('/nodes/1') as unknown }),
    )
  })

  test('fifty faults are told and the others counted', () => {
    const dependencies = Array.from({ length: 400 }, (_, n) => `x${n}`)
    const broken = { ...mean, dependencies, node_id: nodeIdOf({ ...mean, dependencies }) }
    const fifty = Array.from({ length: 50 }, (): unknown => expect.anything())
    expect(() => validateDag(withNodes(source, broken), limits)).toThrow(
      expect.objectContaining({
        code: 'E_UNKNOWN_NODE',
        message: '/nodes/1/dependencies names a node that is not in the DAG (and 399 more)',
        errors: fifty,
      }),
    )
    const forged = { ...mean, dependencies: dependencies.map((id) => `${id}|`) }
    expect(() => nodeIdOf(forged)).toThrow(expect.objectContaining({ errors: fifty }))
  })

  test('all faults of one kind are told at once', () => {
    const broken = [source, mean, target].map((one) => ({ ...one, code_hash: '' }))
    expect(() => validateDag(withNodes(...broken), limits)).toThrow(
      expect.objectContaining({
        errors: broken.map((_, index): unknown => expect.objectContaining({ path: `/nodes/${index}/code_hash` })),
      }),
    )
  })
})
