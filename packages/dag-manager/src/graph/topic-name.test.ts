import type { ComputeContext, DagNode, NodeKind } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import { liveContext, sampleContext, sampleNode } from '../testing/sample-dags.ts'
import { chooseTopic } from './choose-topic.ts'
import { namespaceOf, topicCandidate, topicNameOf, topicTypeOf, type TopicName } from './topic-name.ts'

const digest = `abcdef12${'3'.repeat(56)}`
const name: TopicName = { head: 'w1.live.btc_Indicator_', digest, tail: '_v1' }

const nameOf = (node: DagNode, context: ComputeContext = liveContext, kind: NodeKind = 'operator') =>
  topicNameOf({ node, kind }, { namespace: namespaceOf(context), version: 'v1', context })

describe('a topic name', () => {
  test('is asset, type, short hash and version under the namespace of world and domain', () => {
    const node = { ...sampleNode({ node_type: 'Indicator', tags: ['BTC', 'price'] }), node_id: `blake3:${digest}` }
    expect(topicCandidate(nameOf(node), 0)).toBe('w1.live.btc_Indicator_abcdef12_v1')
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
    ['Crypto.Mom 1h', 'crypto-mom-1h.backtest.'],
    ['__default__', 'default.backtest.'],
    ['___', 'world.backtest.'],
    [null, ''],
  ])('of world %s has the namespace %s', (world_id, namespace) => {
    expect(namespaceOf(sampleContext({ world_id }))).toBe(namespace)
  })

  test('ends in _sim where an intent is executed by simulation', () => {
    const dryrun = sampleContext({ execution_domain: 'dryrun' })
    expect(nameOf(sampleNode(), dryrun, 'intent').tail).toBe('_v1_sim')
    expect(nameOf(sampleNode(), dryrun).tail).toBe('_v1')
    expect(nameOf(sampleNode(), liveContext, 'intent').tail).toBe('_v1')
  })

  test('grows by two digits, then by a number, and ends', () => {
    expect(topicCandidate(name, 1)).toBe(`w1.live.btc_Indicator_${digest.slice(0, 10)}_v1`)
    expect(topicCandidate(name, 28)).toBe(`w1.live.btc_Indicator_${digest}_v1`)
    expect(topicCandidate(name, 29)).toBe(`w1.live.btc_Indicator_${digest}-1_v1`)
    expect(topicCandidate(name, 10_028)).toBe(`w1.live.btc_Indicator_${digest}-10000_v1`)
    expect(topicCandidate(name, 10_029)).toBeUndefined()
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
  const second = 'w1.live.btc_Indicator_abcdef1233_v1'
  const me = `blake3:${digest}`
  const twin = `blake3:abcdef12${'4'.repeat(56)}`
  const other = `blake3:${'5'.repeat(64)}`

  test('takes the shortest name that is free', () => {
    expect(chooseTopic(name, me, held({}))).toMatchObject({ topic: first })
    expect(chooseTopic(name, me, held({ [first]: twin }))).toMatchObject({ topic: second, claim: { index: 1 } })
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
