import { describe, expect, test } from 'vitest'
import { textWidth } from '../output/wrap-text.ts'
import {
  plainStyle,
  sampleAck,
  sampleDecision,
  sampleEntry,
  sampleEvaluation,
  sampleFreeze,
  samplePolicy,
  sampleWorld,
} from '../testing/wire-samples.ts'
import { applyText, stageLines } from './apply-text.ts'
import { auditText } from './audit-text.ts'
import { evaluationText } from './evaluation-text.ts'
import { freezeText, unfreezeText } from './freeze-text.ts'
import { policyListText } from './policy-text.ts'
import { worldListText, worldText } from './world-text.ts'

const style = plainStyle()
const names = new Map([
  ['s-1', 'golden-cross'],
  ['s-2', 'weak'],
  ['s-3', 'a-strategy-with-a-long-name'],
])
const nameOf = (strategyId: string) => names.get(strategyId) ?? strategyId

function widest(text: string): number {
  return Math.max(...text.split('\n').map(textWidth))
}

describe('worlds', () => {
  test.each([
    [{}, 'active'],
    [{ frozen: true }, 'frozen'],
    [{ circuit_breaker: true, frozen: true }, 'circuit breaker'],
    [{ state: 'SUSPENDED' as const }, 'suspended'],
  ])('with %j are shown as %s', (changes, state) => {
    expect(worldListText([{ ...sampleWorld, ...changes }], style)).toMatch(new RegExp(`demo +${state} +dryrun`))
  })

  test('without policy and apply say so', () => {
    const world = { ...sampleWorld, default_policy_version: 0, current_domain: null }
    expect(worldListText([world], style)).toMatch(/none before an apply +none +4 +synthetic +2024-01-01 00:00/)
  })

  test('that are none say how to begin', () => {
    expect(worldListText([], style)).toContain('qmtl world create')
  })

  test('in detail name what is granted and who is active', () => {
    const overview = { world: sampleWorld, decision: sampleDecision, strategies: ['s-1', 's-2'], active: ['s-1'] }
    const text = worldText(overview, nameOf, style)
    expect(text).toContain('demo  Demo desk  active')
    expect(text).toMatch(/grants +paper \(promoted\)/)
    expect(text).toMatch(/strategies +2 bound, 1 active: golden-cross/)
    expect(text).toMatch(/data +synthetic, 2023-07-01 00:00 to 2024-01-01 00:00 UTC/)
    expect(text).not.toContain('owner')
  })
})

describe('policies', () => {
  test('are listed with the default one marked and spelt out', () => {
    const draft = { ...samplePolicy, version: 2, status: 'DRAFT' as const }
    expect(policyListText('demo', [samplePolicy, draft], style)).toBe(
      [
        '     version  state    added (UTC)       by     checksum',
        '  →        1  default  2024-04-01 00:00  local  blake3:aaaaaaaaaaaa…',
        '           2  draft    2024-04-01 00:00  local  blake3:aaaaaaaaaaaa…',
        '',
        '  version 1',
        '    thresholds:',
        '      sharpe:',
        '        min: 0.5',
        '    top_k:',
        '      k: 2',
      ].join('\n'),
    )
  })

  test('that are none say how to add one', () => {
    expect(policyListText('demo', [], style)).toContain('qmtl world policy demo --file policy.yml')
  })
})

describe('an evaluation', () => {
  const text = evaluationText(sampleEvaluation, { nameOf, policyFile: undefined }, style)

  test('sums up what an apply would do', () => {
    expect(text).toContain('world demo  policy 1, backtest evidence, 2024-04-02 00:00 UTC')
    expect(text).toContain('1 pass, 1 fail, 1 inconclusive; an apply would promote golden-cross and demote nobody')
  })

  test('shows every gate with value, threshold, sample, and what would change it', () => {
    expect(text).toContain('✓ golden-cross  pass  rank 1 · score 1.1 · s-1')
    expect(text).toMatch(/✓ {2}sharpe >= 0\.5 +1\.235 +>= 0\.5 +184\n/)
    expect(text).toMatch(/✗ {2}sharpe >= 0\.5 +0\.2 +>= 0\.5 +184 +raise sharpe by 0\.3\n/)
    expect(text).toMatch(/\? {2}evidence +– +as of 2024-01-01T00:00:00Z +– +no_evidence: wait for the runner/)
  })

  test('begins with those that pass, best first, and ends with those that fail', () => {
    const heads = text.split('\n').filter((line) => /^[✓✗?] /.test(line))
    expect(heads.map((line) => line.split(' ')[1])).toEqual(['golden-cross', 'a-strategy-with-a-long-name', 'weak'])
  })

  test('puts the statistics of all strategies side by side, supplied and missing ones marked', () => {
    expect(text).toMatch(/ {2}golden-cross +weak\n/)
    expect(text).toMatch(/total_return +12\.34 % +-5\.00 % \(supplied\)\n/)
    expect(text).toMatch(/sharpe +1\.23 +–$/)
  })

  test('leaves figures beyond the core ones to --json, supplied ones excepted', () => {
    const skew = { value: 0.7, formula: 'skew.population', unit: 'ratio', sample: 184 }
    const [first] = sampleEvaluation.verdicts
    const statistics = { ...first!.statistics, skew, kurtosis: skew }
    const verdicts = [{ ...first!, statistics, supplied: ['kurtosis'] }]
    const shown = evaluationText({ ...sampleEvaluation, verdicts }, { nameOf, policyFile: undefined }, style)
    expect(shown).toMatch(/kurtosis +0\.70 \(supplied\)/)
    expect(shown).not.toContain('skew')
  })

  test('keeps within 100 columns, also with many strategies', () => {
    const [first] = sampleEvaluation.verdicts
    const verdicts = Array.from({ length: 12 }, (_, index) => ({ ...first!, strategy_id: `a-rather-long-id-${index}` }))
    const many = { ...sampleEvaluation, verdicts, promote: verdicts.map(({ strategy_id }) => strategy_id) }
    expect(widest(text)).toBeLessThanOrEqual(100)
    expect(widest(evaluationText(many, { nameOf, policyFile: undefined }, style))).toBeLessThanOrEqual(100)
  })

  test('says which policy judged: the own one, none, or one that is only tried', () => {
    const without = { ...sampleEvaluation, policy_version: 0 }
    expect(evaluationText(without, { nameOf, policyFile: undefined }, style)).toContain('no policy, backtest')
    expect(evaluationText(without, { nameOf, policyFile: 'p.yml' }, style)).toContain(
      'policy p.yml (tried, not stored)',
    )
  })

  test('of a world without strategies says how to add one', () => {
    const empty = { ...sampleEvaluation, verdicts: [], promote: [], active: [] }
    expect(evaluationText(empty, { nameOf, policyFile: undefined }, style)).toContain('qmtl submit FILE --world demo')
  })
})

describe('an apply', () => {
  test('shows each stage once, with the time since the request', () => {
    expect(stageLines(sampleAck.stages, 1, style)).toEqual([
      '  freeze           +3 ms  no order leaves',
      '  switch       +1,500 ms  decisions and activation are switched',
    ])
    expect(stageLines(sampleAck.stages, 3, style)).toEqual([])
    expect(stageLines([], 0, style)).toEqual([])
  })

  test('that went well names who is active', () => {
    expect(applyText(sampleAck, nameOf, style)).toBe(
      ['✓ world demo is applied (completed)', '  active  golden-cross', '  run     r-1'].join('\n'),
    )
  })

  test('that was rolled back says why and what the world is left as', () => {
    const ack = { ...sampleAck, ok: false, phase: 'rolled_back' as const, active: [], reason: 'stopped' }
    const text = applyText(ack, nameOf, style)
    expect(text).toMatch(/^✗ the apply of world demo was rolled back/)
    expect(text).toMatch(/active +nobody\n +reason +stopped/)
    expect(text).toContain('the world stays frozen until an apply completes')
  })
})

describe('a freeze', () => {
  test('says how each gate stopped and what was on the wire', () => {
    expect(freezeText(sampleFreeze, style)).toBe(
      [
        '✓ world demo is frozen under epoch 5, in 3 ms',
        '  no order decided before this can reach a venue any more',
        '  gate          outcome',
        '  sdk:embedded  acknowledged  said that it stopped',
        '  venue:SIM     expired       its lease ran out',
        '  on the wire before  nothing',
        '  release             qmtl world unfreeze demo',
      ].join('\n'),
    )
  })

  test('without gates and with many orders stays readable', () => {
    const in_flight = Array.from({ length: 40 }, (_, index) => `order-${index}`)
    const text = freezeText({ ...sampleFreeze, gates: [], in_flight }, style)
    expect(text).toContain('no gate was open')
    expect(text).toContain('order-9 and 30 more')
    expect(widest(text)).toBeLessThanOrEqual(100)
  })

  test.each([
    [{}, '✓ world demo is released under epoch 4; orders may leave in dryrun'],
    [{ current_domain: null }, '✓ world demo is released under epoch 4; no order leaves before the first apply'],
    [{ frozen: true }, '✗ world demo is still frozen under epoch 4'],
  ])('ends: %j', (changes, words) => {
    expect(unfreezeText({ ...sampleWorld, ...changes }, style)).toContain(words)
  })
})

describe('the audit', () => {
  test('stands one entry a line, data as facts', () => {
    const entry = { ...sampleEntry, data: { ...sampleEntry.data, target: ['s-1', 's-2'], reason: '' } }
    expect(auditText([entry], { older: 3, nameOf }, style)).toBe(
      [
        '  3 older: --limit, or --after 0',
        '     7  2024-04-02 00:00:01  apply_stage by local run_id=r-1 stage=switch target=golden-cross,weak',
      ].join('\n'),
    )
  })

  test('breaks long entries below themselves and cuts long values', () => {
    const data = { activate: Array.from({ length: 60 }, (_, index) => `s-${index}`), reason: 'word '.repeat(40) }
    const text = auditText([{ ...sampleEntry, data }], { older: 0, nameOf }, style)
    expect(widest(text)).toBeLessThanOrEqual(100)
    expect(text).toContain('…')
  })

  test('that is empty says so', () => {
    expect(auditText([], { older: 0, nameOf }, style)).toBe('no entry')
  })
})
