import type { DecisionEnvelope } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { createFakeDagManager } from '../testing/fake-services.ts'
import type { Reading } from '../worlds/reading-cache.ts'
import { findQueues } from './find-queues.ts'

const as_of = '2020-01-01T00:00:00Z'
const query = { tags: 'a', interval: 60, match_mode: 'any', world_id: 'w1' } as const
const decision: DecisionEnvelope = {
  ...{ world_id: 'w1', policy_version: 1, effective_mode: 'live', reason: 'told', as_of },
  ...{ dataset_fingerprint: null, ttl: '300s', etag: 'd1' },
}

const readings = {
  fresh: { kind: 'fresh', value: decision, freshMs: 1 },
  stale: { kind: 'stale', value: decision },
  unavailable: { kind: 'unavailable' },
} satisfies Record<string, Reading<DecisionEnvelope>>

test.each<[keyof typeof readings, object, object]>([
  ['fresh', {}, { execution_domain: 'live', as_of }],
  [
    'fresh',
    { execution_domain: 'backtest', as_of: '2021-01-01T00:00:00Z', partition: 'eu' },
    { execution_domain: 'live', as_of, partition: 'eu' },
  ],
  ['stale', { execution_domain: 'live', as_of }, { execution_domain: 'backtest', as_of }],
  ['unavailable', {}, { execution_domain: 'backtest' }],
  ['unavailable', { execution_domain: 'prod', as_of }, { execution_domain: 'backtest', as_of }],
  ['unavailable', { execution_domain: 'papertrade', as_of }, { execution_domain: 'dryrun', as_of }],
])('with a decision that is %s and the hints %j queues are looked for in %j', async (kind, hints, context) => {
  const dagManager = createFakeDagManager()
  const decisions = { read: async () => readings[kind], forget: () => undefined, forgetAll: () => undefined }
  const ports = { dagManager: dagManager.client, readings: { decisions } }
  const found = await findQueues(ports, { ...query, ...hints }, {})
  expect(dagManager.tagQueries).toEqual([{ ...query, ...context }])
  expect(found.context).toEqual({ world_id: 'w1', as_of: null, partition: null, ...context })
})
