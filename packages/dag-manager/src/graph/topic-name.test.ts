import fc from 'fast-check'
import type { ComputeContext, DagNode, NodeKind } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import { liveContext, sampleContext, sampleNode } from '../testing/sample-dags.ts'
import { chooseTopic } from './choose-topic.ts'
import { namespaceOf, topicCandidate, topicNameOf, topicTypeOf, type TopicName } from './topic-name.ts'

const digest = `abcdef12${'3'.repeat(56)}`
const keyDigest = '0123456789abcdef'.repeat(4)
const name: TopicName = { head: 'w1.live.btc_Indicator_', nodeHash: 'abcdef12', keyDigest, tail: '_v1' }

const nameOf = (node: DagNode, context: ComputeContext = liveContext, kind: NodeKind = 'operator') =>
  topicNameOf(
    { node, kind, computeKey: `blake3:${keyDigest}` },
    { namespace: namespaceOf(context), version: 'v1', context },
  )

describe('a topic name', () => {
  test('is asset, type, short hash and version under the namespace of world and domain', () => {
    const node = { ...sampleNode({ node_type: 'Indicator', tags: ['BTC', 'price'] }), node_id: `blake3:${digest}` }
    expect(nameOf(node)).toEqual({ ...name, head: 'w1.live.btc_Indicator_' })
    expect(topicCandidate(name, 0)).toBe('w1.live.btc_Indicator_abcdef12_v1')
  })

  test.each([
    [{ tags: ['B/T C!'] }, 'btc_sma_'],
    [{ tags: [] }, 'asset_sma_'],
    [{ tags: ['…'] }, 'asset_sma_'],
    [{ node_type: 'my.node type' }, 'asset_mynodetype_'],
    [{ node_type: '…' }, 'asset_node_'],
  ])('keeps plain characters only: %j gives %s', (fields, head) => {
    expect(nameOf(sampleNode(fields), sampleContext({ world_id: null })).head).toBe(head)
  })

  test.each([
    ['w1', 'w1.backtest.'],
    ['crypto-mom_1h', 'crypto-mom_1h.backtest.'],
    ['__default__', '__default__.backtest.'],
    ['A.b', '--41--2e-b.backtest.'],
    [null, ''],
  ])('of world %s has the namespace %s', (world_id, namespace) => {
    expect(namespaceOf(sampleContext({ world_id }))).toBe(namespace)
  })

  test('is in a namespace that no other world has, and that nothing in a world id ends early', () => {
    const worldIds = fc.stringMatching(/^[aA1.é_-]{1,6}$/).filter((id) => id.trim() === id)
    fc.assert(
      fc.property(worldIds, worldIds, (one, other) => {
        const [first, second] = [one, other].map((world_id) => namespaceOf(sampleContext({ world_id })))
        expect(first).toMatch(/^[a-z0-9_-]+\.backtest\.$/)
        expect(first === second).toBe(one === other)
      }),
      {
        numRuns: 2_000,
        examples: [
          ['A.b', 'a-b'],
          ['a', '_a'],
          ['a', 'A'],
          ['a-', 'a.'],
          ['-a', '--a-'],
        ],
      },
    )
  })

  test('ends in _sim where an intent is executed by simulation', () => {
    const dryrun = sampleContext({ execution_domain: 'dryrun' })
    expect(nameOf(sampleNode(), dryrun, 'intent').tail).toBe('_v1_sim')
    expect(nameOf(sampleNode(), dryrun).tail).toBe('_v1')
    expect(nameOf(sampleNode(), liveContext, 'intent').tail).toBe('_v1')
  })

  test('takes digits of the compute key where it is taken, two more each time, and ends', () => {
    expect(topicCandidate(name, 1)).toBe('w1.live.btc_Indicator_abcdef12-01234567_v1')
    expect(topicCandidate(name, 2)).toBe('w1.live.btc_Indicator_abcdef12-0123456789_v1')
    expect(topicCandidate(name, 29)).toBe(`w1.live.btc_Indicator_abcdef12-${keyDigest}_v1`)
    expect(topicCandidate(name, 30)).toBeUndefined()
  })

  test('has the type of its kind of node', () => {
    expect((['source', 'operator', 'intent'] as const).map(topicTypeOf)).toEqual(['raw', 'indicator', 'intent'])
  })
})

describe('choosing a topic', () => {
  const held = (holders: Readonly<Record<string, string>>) => (topicKey: string) => {
    const entry = Object.entries(holders).find(([topic]) => topic.toLowerCase() === topicKey)
    return entry && { topic: entry[0], nodeId: entry[1] }
  }
  const first = 'w1.live.btc_Indicator_abcdef12_v1'
  const second = 'w1.live.btc_Indicator_abcdef12-01234567_v1'
  const me = `blake3:${digest}`
  const twin = `blake3:abcdef12${'4'.repeat(56)}`
  const other = `blake3:${'5'.repeat(64)}`

  test('takes the shortest name that is free', () => {
    expect(chooseTopic(name, me, held({}))).toMatchObject({ topic: first })
    expect(chooseTopic(name, me, held({ [first]: twin }))).toMatchObject({ topic: second })
    expect(chooseTopic(name, me, held({ [first]: me }))).toMatchObject({ topic: second })
  })

  test('passes over another spelling of a name that its holder could have, and refuses one that it could not', () => {
    const shouted = 'w1.live.btc_INDICATOR_abcdef12_v1'
    expect(chooseTopic(name, me, held({ [shouted]: me }))).toMatchObject({ topic: second })
    expect(chooseTopic(name, me, held({ [shouted]: twin }))).toMatchObject({ topic: second })
    expect(chooseTopic(name, me, held({ [shouted]: other }))).toMatchObject({
      error: { code: 'E_TOPIC_COLLISION', details: { topic: shouted, expected: first, held_by: other } },
    })
  })

  test('gives up when every name is taken', () => {
    const taken = (topicKey: string) => ({ topic: topicKey.replace('indicator', 'Indicator'), nodeId: twin })
    expect(chooseTopic(name, me, taken)).toMatchObject({ outcome: 'refused', error: { code: 'E_TOPIC_COLLISION' } })
  })
})
