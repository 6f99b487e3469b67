import { domainOfMode, effectiveModes, executionDomains, type DecisionEnvelope } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContextHints } from '../normalise/normalise-submission.ts'
import type { Reading } from '../worlds/reading-cache.ts'
import { deriveContext } from './derive-context.ts'

const decision: DecisionEnvelope = {
  world_id: 'w1',
  policy_version: 1,
  effective_mode: 'paper',
  reason: 'dryrun',
  as_of: '2024-01-01T00:00:00Z',
  dataset_fingerprint: null,
  ttl: '300s',
  etag: 'e',
}

describe('a fresh decision', () => {
  for (const mode of effectiveModes) {
    test(`of mode ${mode} gives its domain and its as_of`, () => {
      const view = { kind: 'fresh', value: { ...decision, effective_mode: mode }, freshMs: 1 } as const
      expect(deriveContext('w1', view, { asOf: '2020-01-01', partition: 'p' })).toEqual({
        world_id: 'w1',
        execution_domain: domainOfMode(mode),
        as_of: '2024-01-01T00:00:00Z',
        partition: 'p',
        dataset_fingerprint: null,
        downgraded: false,
        downgrade_reason: null,
        safe_mode: false,
      })
    })
  }
  test('gives its fingerprint, else the one of the client', () => {
    const of = (fingerprint: string | null) =>
      deriveContext(
        'w1',
        { kind: 'fresh', value: { ...decision, dataset_fingerprint: fingerprint }, freshMs: 1 },
        { datasetFingerprint: 'c' },
      )
    expect(of('d').dataset_fingerprint).toBe('d')
    expect(of(null).dataset_fingerprint).toBe('c')
  })
})

const hint = { asOf: '2024-01-01' }
for (const [what, view, hints, domain, reason] of [
  ['a stale decision', { kind: 'stale', value: decision }, hint, 'backtest', 'stale_decision'],
  [
    'a stale live decision',
    { kind: 'stale', value: { ...decision, effective_mode: 'live' } },
    { executionDomain: 'live' },
    'backtest',
    'stale_decision',
  ],
  ['no decision', { kind: 'unavailable' }, hint, 'backtest', 'decision_unavailable'],
  [
    'no decision and the hint live',
    { kind: 'unavailable' },
    { ...hint, executionDomain: 'live' },
    'backtest',
    'decision_unavailable',
  ],
  [
    'no decision and the hint shadow',
    { kind: 'unavailable' },
    { executionDomain: 'shadow' },
    'shadow',
    'decision_unavailable',
  ],
  [
    'no decision and the hint dryrun with as_of',
    { kind: 'unavailable' },
    { ...hint, executionDomain: 'dryrun' },
    'dryrun',
    'decision_unavailable',
  ],
  [
    'no decision and the hint dryrun without as_of',
    { kind: 'unavailable' },
    { executionDomain: 'dryrun' },
    'backtest',
    'decision_unavailable',
  ],
] satisfies [string, Reading<DecisionEnvelope>, ContextHints, string, string][]) {
  test(`${what} gives ${domain}, downgraded`, () => {
    const context = deriveContext('w1', view, hints)
    expect(context).toMatchObject({
      execution_domain: domain,
      downgraded: true,
      downgrade_reason: reason,
      safe_mode: true,
    })
  })
}

const anyHints = fc.record(
  {
    executionDomain: fc.constantFrom(...executionDomains),
    asOf: fc.string(),
    partition: fc.string(),
    datasetFingerprint: fc.string(),
  },
  { requiredKeys: [] },
)
const anyView: fc.Arbitrary<Reading<DecisionEnvelope>> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('fresh' as const, 'stale' as const),
    value: fc.constantFrom(...effectiveModes).map((mode) => ({ ...decision, effective_mode: mode })),
    freshMs: fc.constant(1),
  }),
  fc.constant({ kind: 'unavailable' as const }),
)

test('no hint reaches live or a paper domain that a fresh decision does not grant unmarked', () => {
  fc.assert(
    fc.property(anyView, anyHints, (view, hints) => {
      const context = deriveContext('w1', view, hints)
      const granted = view.kind === 'fresh' ? domainOfMode(view.value.effective_mode) : undefined
      if (context.execution_domain === 'live') expect(granted).toBe('live')
      if (!context.safe_mode) expect(context.execution_domain).toBe(granted)
    }),
  )
})
