import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareCodePoints } from './code-point-order.ts'
import { nodeIdOf } from './node-id.ts'
import type { NodeIdentityFields } from './node-fields.ts'
import { computeContextOf } from './compute-context.ts'
import { computeKeyOf, computeKeysIn } from './context-keys.ts'
import { dagHashOf } from './record-keys.ts'

const word = fc.stringMatching(/^[a-z]{1,8}$/)
const params = fc.dictionary(word, fc.oneof(fc.integer(), word, fc.boolean()), { maxKeys: 6 })
const anyNode: fc.Arbitrary<NodeIdentityFields> = fc.record({
  node_type: word,
  interval: fc.integer({ min: 0, max: 86_400 }),
  period: fc.integer({ min: 0, max: 1000 }),
  params,
  dependencies: fc.array(word, { maxLength: 5 }),
  schema_compat_id: word,
  code_hash: word,
})

describe('a node id depends on content alone', () => {
  test('parameter order, dependency order, names and excluded parameters change nothing', () => {
    fc.assert(
      fc.property(anyNode, params, (node, noise) => {
        const shuffled = {
          ...node,
          params: { ...Object.fromEntries(Object.entries(node.params ?? {}).toReversed()), seed: 7, env_x: noise },
          dependencies: node.dependencies?.toReversed() ?? [],
          name: 'other',
          tags: ['x'],
        }
        expect(nodeIdOf(shuffled)).toBe(nodeIdOf(node))
      }),
    )
  })

  test('another interval, period, type, schema, code or dependency is another id', () => {
    fc.assert(
      fc.property(anyNode, (node) => {
        const changed: NodeIdentityFields[] = [
          { ...node, interval: (node.interval ?? 0) + 1 },
          { ...node, period: (node.period ?? 0) + 1 },
          { ...node, node_type: `${node.node_type}x` },
          { ...node, schema_compat_id: `${node.schema_compat_id ?? ''}x` },
          { ...node, code_hash: `${node.code_hash}x` },
          { ...node, dependencies: [...(node.dependencies ?? []), 'another'] },
        ]
        expect(new Set([node, ...changed].map(nodeIdOf)).size).toBe(changed.length + 1)
      }),
    )
  })

  test.each([
    ['interval', { interval: 1.5 }],
    ['period', { period: -1 }],
    ['node_type', { node_type: 'a|b' }],
    ['code_hash', { code_hash: 'a\u0000' }],
    ['dependencies', { dependencies: ['a|b'] }],
    ['schema_compat_id', { schema_compat_id: ' ' }],
    ['node_type', { node_type: 'a\ud800' }],
    ['code_hash', { code_hash: '\udfff' }],
    ['dependencies', { dependencies: ['\ud800b'] }],
  ])('a malformed %s is named', (path, change) => {
    const node = { node_type: 'sma', code_hash: 'c', schema_compat_id: 's', ...change }
    expect(() => nodeIdOf(node)).toThrow(
      expect.objectContaining({ code: 'E_NODE_ID_FIELDS', errors: [expect.objectContaining({ path })] }),
    )
  })
})

test('texts are ordered by code points where UTF-16 units would disagree', () => {
  expect(['\u{1F600}', '\uFB33'].sort(compareCodePoints)).toEqual(['\uFB33', '\u{1F600}'])
  expect(['ab', 'a', 'b', ''].sort(compareCodePoints)).toEqual(['', 'a', 'ab', 'b'])
  expect(['\u{1F601}', '\u{1F600}x'].sort(compareCodePoints)).toEqual(['\u{1F600}x', '\u{1F601}'])
})

test.each([
  ['a unit separator in as_of', { as_of: 'a\u001fb', partition: 'c' }, '/as_of'],
  ['a lone surrogate in a partition', { as_of: 'a', partition: '\ud800' }, '/partition'],
  ['a line feed in a world', { world_id: 'a\nb' }, '/world_id'],
])('a context with %s has no compute key, for another one could have it too', (_, context, path) => {
  expect(() => computeKeyOf('blake3:n', { execution_domain: 'live', ...context })).toThrow(
    expect.objectContaining({ code: 'E_INVALID_REQUEST', errors: [expect.objectContaining({ path })] }),
  )
})

test('no two contexts share a compute key unless the safe-mode rule makes them one', () => {
  const context = fc.record({
    world_id: fc.option(word),
    execution_domain: fc.constantFrom('backtest', 'dryrun', 'live', 'shadow', 'nonsense', null),
    as_of: fc.option(fc.constantFrom('2024-01-01T00:00:00Z', '2024-02-01T00:00:00Z')),
    partition: fc.option(word),
  })
  const id = nodeIdOf({ node_type: 'sma', code_hash: 'c', schema_compat_id: 's' })
  fc.assert(
    fc.property(context, context, (a, b) => {
      const [left, right] = [computeContextOf(a), computeContextOf(b)]
      const same =
        left.world_id === right.world_id &&
        left.execution_domain === right.execution_domain &&
        left.as_of === right.as_of &&
        left.partition === right.partition
      expect(computeKeyOf(id, a) === computeKeyOf(id, b)).toBe(same)
      const keyIn = computeKeysIn(a)
      expect([keyIn('blake3:n'), keyIn(id)]).toEqual([computeKeyOf('blake3:n', a), computeKeyOf(id, a)])
    }),
  )
})

test('a DAG hash ignores the order of nodes and tells names and versions apart', () => {
  const hash = dagHashOf({ name: 'n', version: 'v1', nodeIds: ['a', 'b'] })
  expect(dagHashOf({ name: 'n', version: 'v1', nodeIds: ['b', 'a'] })).toBe(hash)
  expect(dagHashOf({ name: 'm', version: 'v1', nodeIds: ['a', 'b'] })).not.toBe(hash)
  expect(dagHashOf({ name: 'n', version: 'v2', nodeIds: ['a', 'b'] })).not.toBe(hash)
})
