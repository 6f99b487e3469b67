import { describe, expect, test } from 'vitest'
import {
  canaryScore,
  codeTextHash,
  computeContextOf,
  computeKeyOf,
  documentHash,
  evalKeyOf,
  inputWindowHash,
  bucketMessageKey,
  nodeIdOf,
  nodeIdsCrc32,
  partitionKeyOf,
  parsePartitionKey,
  serialOf,
  submissionMessageKey,
  type NodeId,
  type NodeIdentityFields,
} from '../index.ts'
import vectors from '../testing/identity-vectors.json' with { type: 'json' }

const asNode = (node: unknown) => node as NodeIdentityFields
const asId = (id: string) => id as NodeId

describe('committed identity vectors', () => {
  test.each(vectors.node_vectors)('$name: serialisation and node id', (vector) => {
    const raw = 'raw_params_json' in vector ? vector.raw_params_json : undefined
    const node = asNode(raw === undefined ? vector.node : { ...vector.node, params: JSON.parse(raw) as unknown })
    expect(serialOf(node)).toBe(vector.serialized)
    expect(nodeIdOf(node)).toBe(vector.node_id)
  })

  test.each(vectors.invalid_node_vectors)('$name', (vector) => {
    const base = vectors.node_vectors[2]?.node
    const node = asNode('raw_params_js' in vector ? { ...base, params: { a: Number.NaN } } : vector.node)
    if ('error' in vector) expect(() => nodeIdOf(node)).toThrow(expect.objectContaining({ code: vector.error }))
    else expect(nodeIdOf(node)).toBe(vector.node_id)
  })

  test.each(vectors.compute_key_vectors)('$name: compute key and safe mode', (vector) => {
    const context = computeContextOf(vector.context)
    expect(context.execution_domain).toBe(vector.effective_execution_domain)
    expect(context.downgraded).toBe(vector.downgraded)
    expect(context.downgrade_reason).toBe(vector.downgrade_reason)
    expect(context.safe_mode).toBe(vector.safe_mode)
    expect(computeKeyOf(asId(vector.node_id), vector.context)).toBe(vector.compute_key)
  })

  test.each(vectors.eval_key_vectors)('$name: eval key', (vector) => {
    const domain = vector.execution_domain === 'live' ? 'live' : 'backtest'
    expect(evalKeyOf(asId(vector.node_id), { ...vector, execution_domain: domain })).toBe(vector.eval_key)
  })

  test.each(vectors.crc32_vectors)('$name: CRC of the node ids', (vector) => {
    expect(nodeIdsCrc32(vector.node_ids)).toBe(vector.crc32)
  })

  test.each(vectors.partition_key_vectors)('$name: partition key and back', (vector) => {
    const key = partitionKeyOf(vector.node_id, vector.interval, vector.bucket, vector.compute_key)
    expect(key).toBe(vector.partition_key)
    expect(parsePartitionKey(key)).toEqual({
      node_id: vector.node_id,
      interval: vector.interval ?? 0,
      bucket: vector.bucket ?? 0,
      ...(vector.compute_key === null ? {} : { compute_key: vector.compute_key }),
    })
  })

  test('M01 and M02: message keys', () => {
    const [bucket, submission] = vectors.message_key_vectors
    const window = bucket?.input_window as unknown as Parameters<typeof inputWindowHash>[0]
    const hash = inputWindowHash(window)
    expect(hash).toBe(bucket?.input_window_hash)
    const key = partitionKeyOf(
      bucket?.node_id ?? '',
      bucket?.interval ?? 0,
      bucket?.bucket_ts ?? 0,
      bucket?.compute_key,
    )
    expect(bucketMessageKey(key, hash)).toBe(bucket?.message_key)
    expect(submissionMessageKey(submission?.strategy_id ?? '')).toBe(submission?.message_key)
  })

  test.each(vectors.code_hash_vectors)('$name: hash of a given text', (vector) => {
    expect(codeTextHash(vector.source)).toBe(vector.code_hash)
  })

  test.each(vectors.config_hash_vectors)('$name: document hash', (vector) => {
    expect(documentHash(vector.value)).toBe(vector.hash)
  })

  test.each(vectors.canary_score_vectors)('$name: canary score', (vector) => {
    expect(canaryScore(vector.world_id, vector.strategy_id, vector.run_id)).toBe(vector.score)
  })
})
