import { validateDag, type Submission } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import { normaliseSubmission } from './normalise-submission.ts'

const node = { node_id: 'n1', node_type: 'sma', schema_compat_id: 's1', params: { window: 3 }, dependencies: ['n0'] }
const dag = { name: 'golden-cross', version: 'v2', nodes: [node] }
const submit = (more: Submission = {}) => normaliseSubmission({ dag, world_ids: ['w1'], ...more })

describe('worlds', () => {
  for (const [given, ids, warned] of [
    [{ world_ids: ['w1', 'w2'] }, ['w1', 'w2'], false],
    [{ world_ids: [' w2 ', 'w1', 'w2', ''] }, ['w2', 'w1'], false],
    [{ world_id: 'w1' }, ['w1'], true],
    [{ world_ids: ['w2'], world_id: 'w1' }, ['w2'], false],
  ] satisfies [Submission, string[], boolean][]) {
    test(`${JSON.stringify(given)} names ${ids.join(', ')}${warned ? ' with a warning' : ''}`, () => {
      const normal = normaliseSubmission({ dag, ...given })
      expect(normal.worldIds).toEqual(ids)
      expect(normal.warnings.length > 0).toBe(warned)
    })
  }
  for (const given of [
    {},
    { world_ids: [] },
    { world_ids: ['  '] },
    { world_id: '' },
    { world_ids: [], world_id: 'w1' },
  ]) {
    test(`${JSON.stringify(given)} is refused`, () => {
      expect(() => normaliseSubmission({ dag, ...given })).toThrow(
        expect.objectContaining({ code: 'E_WORLD_IDS_REQUIRED' }),
      )
    })
  }
  for (const [given, places] of [
    [{ world_ids: ['w1', 'w 2', '', '../w3'] }, ['/world_ids/1', '/world_ids/3']],
    [{ world_id: 'w1,w2' }, ['/world_id']],
    [{ world_ids: ['w'.repeat(65)] }, ['/world_ids/0']],
  ] satisfies [Submission, string[]][]) {
    test(`${JSON.stringify(given)} is refused at ${places.join(' and ')}`, () => {
      expect(() => normaliseSubmission({ dag, ...given })).toThrow(
        expect.objectContaining({
          code: 'E_INVALID_REQUEST',
          errors: places.map((path): unknown => expect.objectContaining({ path })),
        }),
      )
    })
  }
})

describe('the document', () => {
  const text = JSON.stringify({ ...dag, name: 'naïve' })
  for (const [form, dagJson] of [
    ['raw text', text],
    ['raw text with blanks around it', ` ${text}\n`],
    ['base64', Buffer.from(text).toString('base64')],
    ['base64 in lines', Buffer.from(text).toString('base64').replaceAll(/.{60}/g, '$&\n')],
    ['base64url', Buffer.from(text).toString('base64url')],
  ] as const) {
    test(`dag_json as ${form} gives the document`, () => {
      expect(normaliseSubmission({ dag_json: dagJson, world_ids: ['w1'] }).dag).toEqual({ ...dag, name: 'naïve' })
    })
  }
  for (const [what, submission] of [
    ['neither dag nor dag_json', {}],
    ['both', { dag, dag_json: '{}' }],
    ['broken JSON', { dag_json: '{"nodes": [' }],
    ['an empty text', { dag_json: '' }],
    ['base64 of bytes that are not UTF-8', { dag_json: Buffer.from([0xff, 0xfe, 0x80]).toString('base64') }],
    ['base64 of something else', { dag_json: Buffer.from('hello there').toString('base64') }],
  ] as const) {
    test(`${what} is refused`, () => {
      expect(() => normaliseSubmission({ ...submission, world_ids: ['w1'] })).toThrow(
        expect.objectContaining({ code: 'E_INVALID_DAG' }),
      )
    })
  }
  test('one without aliases passes through as the same object', () => expect(submit().dag).toBe(dag))
  test('a value that is no object is left for validation', () => expect(submit({ dag: [] }).dag).toEqual([]))
})

describe('node fields of earlier clients', () => {
  const bare = { node_id: 'n1', node_type: 'sma' }
  for (const [what, given, expected] of [
    ['config becomes params', { ...bare, config: { window: 3 } }, { ...bare, params: { window: 3 } }],
    ['params win over config', { ...bare, params: { a: 1 }, config: { b: 1 } }, { ...bare, params: { a: 1 } }],
    ['schema_id becomes schema_compat_id', { ...bare, schema_id: 's1' }, { ...bare, schema_compat_id: 's1' }],
    [
      'an equal schema_id is dropped',
      { ...bare, schema_id: 's1 ', schema_compat_id: 's1' },
      { ...bare, schema_compat_id: 's1' },
    ],
    [
      'another schema_id stays to be refused',
      { ...bare, schema_id: 's2', schema_compat_id: 's1' },
      { ...bare, schema_compat_id: 's1', schema_id: 's2' },
    ],
    [
      'inputs become dependencies without blanks',
      { ...bare, inputs: ['a', null, ''] },
      { ...bare, dependencies: ['a'] },
    ],
    ['inputs win over dependencies', { ...bare, inputs: ['a'], dependencies: ['b'] }, { ...bare, dependencies: ['a'] }],
    ['empty inputs give way', { ...bare, inputs: [], dependencies: ['b'] }, { ...bare, dependencies: ['b'] }],
  ] as const) {
    test(what, () => expect(submit({ dag: { ...dag, nodes: [given] } }).dag).toEqual({ ...dag, nodes: [expected] }))
  }

  test('two different schema ids are refused by validation', () => {
    const hash = { schema_hash: 'h', config_hash: 'h', code_hash: 'h' }
    const submitted = submit({
      dag: { ...dag, nodes: [{ ...bare, ...hash, schema_id: 's2', schema_compat_id: 's1' }] },
    })
    expect(() => validateDag(submitted.dag, { maxNodes: 10 })).toThrow(
      expect.objectContaining({ code: 'E_SCHEMA_COMPAT_MISMATCH' }),
    )
  })
})

describe('documents of earlier clients', () => {
  const old = { schema_version: 'v1', nodes: [node] }
  for (const [what, document, meta, expected] of [
    ['have the name of their meta', old, { strategy_name: 'mean' }, { ...old, name: 'mean' }],
    ['are unnamed without one', old, {}, { ...old, name: 'unnamed' }],
    [
      'keep a strategy_version as version',
      { ...old, strategy_version: '7' },
      {},
      { ...old, name: 'unnamed', version: '7' },
    ],
    ['take a version from meta', old, { build_version: 'b9' }, { ...old, name: 'unnamed', version: 'b9' }],
    ['lose their compute_context', { ...old, compute_context: { as_of: 'x' } }, {}, { ...old, name: 'unnamed' }],
  ] as const) {
    test(what, () => {
      const normal = normaliseSubmission({ dag_json: JSON.stringify(document), world_ids: ['w1'], meta })
      expect(normal.dag).toEqual(expected)
    })
  }
  test('give the hints of their compute_context unless meta has them', () => {
    const document = { ...old, compute_context: { as_of: 'old', partition: 'p', execution_domain: 'sim' } }
    const normal = normaliseSubmission({
      dag_json: JSON.stringify(document),
      world_ids: ['w1'],
      meta: { as_of: 'new' },
    })
    expect(normal.hints).toEqual({ asOf: 'new', partition: 'p', executionDomain: 'dryrun' })
  })
})

describe('hints in meta', () => {
  for (const [meta, hints] of [
    [{}, {}],
    [{ execution_domain: 'Paper_Trading' }, { executionDomain: 'dryrun' }],
    [{ execution_domain: 'prod' }, { executionDomain: 'live' }],
    [{ execution_domain: 'default' }, {}],
    [{ effective_mode: 'active' }, { executionDomain: 'live' }],
    [{ effective_mode: 'compute_only' }, { executionDomain: 'backtest' }],
    [{ execution_domain: 'shadow', effective_mode: 'live' }, { executionDomain: 'shadow' }],
    [
      { as_of: ' 2024-01-01 ', partition: 'eu', dataset_fingerprint: 'lake:1' },
      { asOf: '2024-01-01', partition: 'eu', datasetFingerprint: 'lake:1' },
    ],
  ] as const) {
    test(JSON.stringify(meta), () => {
      const normal = submit({ meta })
      expect(normal.hints).toEqual(hints)
      expect(normal.warnings).toEqual([])
    })
  }
  for (const meta of [
    { as_of: 5 },
    { partition: 'a\u001fb' },
    { execution_domain: 7 },
    { effective_mode: {} },
    { topic_namespace: 'w.live' },
  ]) {
    test(`${JSON.stringify(meta)} is ignored with a warning`, () => {
      const normal = submit({ meta })
      expect(normal.hints).toEqual({})
      expect(normal.warnings).toHaveLength(1)
    })
  }
  test('are taken out of meta, whose rest stays', () => {
    expect(submit({ meta: { as_of: 'x', execution_domain: 'live', note: { a: 1 } } }).meta).toEqual({ note: { a: 1 } })
  })
})
