import { describe, expect, test } from 'vitest'
import { textWidth } from '../output/wrap-text.ts'
import {
  plainStyle,
  sampleExplanation,
  samplePlan,
  sampleStatus,
  sampleSubmit,
  terminalStyle,
  tradingExplanation,
} from '../testing/wire-samples.ts'
import { explanationText } from './explanation-text.ts'
import { statusListText, statusText } from './status-text.ts'
import { submitText } from './submit-text.ts'

const style = plainStyle()

describe('a submission', () => {
  test('says what it is, what it shares and what to ask next', () => {
    expect(submitText(sampleSubmit, style)).toBe(
      [
        '✓ golden-cross v1  in world demo',
        '  strategy  s-1',
        '  plan      3 nodes: 1 reused, 2 created',
        '  next      qmtl explain golden-cross',
      ].join('\n'),
    )
  })

  test('of a known graph says so', () => {
    expect(submitText({ ...sampleSubmit, duplicate: true }, style)).toContain(
      '  strategy  s-1, submitted before: it goes on',
    )
  })

  test('tried shows each node and keeps nothing', () => {
    const text = submitText({ ...sampleSubmit, dry_run: true, strategy_id: null, status: null }, style)
    expect(text).toContain('dry run in world demo: nothing was kept')
    expect(text).toMatch(/bars +reused +bars_btc_1h_n1\n {2}sma +created +sma_n2\n {2}positionTarget +created here +–/)
    expect(text).not.toContain('qmtl explain')
  })

  test('shows a downgrade and warnings', () => {
    const text = submitText(
      { ...sampleSubmit, downgraded: true, downgrade_reason: 'missing_as_of', warnings: ['config is now params'] },
      style,
    )
    expect(text).toContain('! computes only: no snapshot of the data is named (missing_as_of)')
    expect(text).toContain('! config is now params')
  })

  test('whose plan is not there yet says how to ask for it', () => {
    const text = submitText({ ...sampleSubmit, status: 'processing', plan: null, reused: null, created: null }, style)
    expect(text).toContain('  plan      not made yet')
    expect(text).toContain('qmtl status s-1')
  })

  test('whose work failed shows why', () => {
    const error = { code: 'E_GRAPH_CORRUPT', message: 'a sentinel is missing', attempts: 1, retry_at: null }
    const text = submitText({ ...sampleSubmit, status: 'failed', plan: null, error }, style)
    expect(text).toMatch(/^✗ golden-cross/)
    expect(text).toContain('E_GRAPH_CORRUPT: a sentinel is missing')
  })
})

describe('a status', () => {
  test('shows plan, worlds and domain', () => {
    expect(statusText(sampleStatus, style)).toBe(
      [
        'golden-cross v1  completed',
        '  strategy   s-1',
        '  worlds     demo, lab',
        '  submitted  2024-04-02 10:11 UTC',
        '  plan       3 nodes: 1 reused, 2 created (plan 1)',
        '  domain     backtest, data as of 2024-01-01T00:00:00Z',
      ].join('\n'),
    )
  })

  test('of a failure shows the error and no plan', () => {
    const error = { code: 'E_UNAVAILABLE', message: 'no answer', attempts: 3, retry_at: '2024-04-02T10:11:12.500Z' }
    const text = statusText({ ...sampleStatus, status: 'failed', plan: null, error }, style)
    expect(text).toContain('error      E_UNAVAILABLE: no answer; tried 3 times, next at 10:11:12 UTC')
    expect(text).not.toContain('plan  ')
  })

  test('names the worlds that did not take the strategy', () => {
    const dropped = { world_id: 'typo', code: 'E_UNKNOWN_WORLD', message: 'no world typo', attempts: 1, retry_at: null }
    expect(statusText({ ...sampleStatus, world_errors: [dropped] }, style)).toContain(
      '  in typo    E_UNKNOWN_WORLD: no world typo',
    )
  })

  test('in a list stands on one line, and older ones are counted', () => {
    const waiting = { ...sampleStatus, name: 'rsi-bounce', status: 'queued', plan: null } as const
    const text = statusListText([sampleStatus, waiting], { total: 12, worldId: undefined }, style)
    expect(text).toMatch(/golden-cross +s-1 +completed +3 +1 +2 +demo, lab\n/)
    expect(text).toMatch(/rsi-bounce +s-1 +queued +– +– +– +demo, lab\n/)
    expect(text).toContain('and 10 older: --limit 12')
  })

  test('of nothing says how to begin', () => {
    expect(statusListText([], { total: 0, worldId: 'lab' }, style)).toBe(
      'no strategy was submitted to world lab yet: qmtl submit FILE',
    )
  })

  test('counts of one node are said in the singular, buffered ones are added', () => {
    const plan = { ...samplePlan, nodes: samplePlan.nodes.slice(0, 1), buffered: 1 }
    expect(statusText({ ...sampleStatus, plan }, style)).toContain('1 node: 1 reused, 2 created, 1 buffered')
  })
})

describe('an explanation', () => {
  test('names the first closed gate, since when and what opens it, then every gate', () => {
    expect(explanationText(sampleExplanation, 'golden-cross', style)).toBe(
      [
        '✗ golden-cross is not trading in world demo',
        '  closed      decision: not_active',
        '  opens when  an apply makes it active: qmtl world apply',
        '',
        '     gate      since (UTC)       why',
        '  ✓  world     2024-04-02 00:00  the world is active',
        '  ✓  policy    2024-04-02 00:00  policy version 1',
        '  ✗  decision  –                 not_active',
      ].join('\n'),
    )
  })

  test('gives the time where it is known', () => {
    const since = { ...sampleExplanation.first_closed!, since: '2024-04-02T00:00:00Z' }
    expect(explanationText({ ...sampleExplanation, first_closed: since }, 'golden-cross', style)).toContain(
      '  since       2024-04-02 00:00 UTC',
    )
  })

  test('of a strategy that trades names no closed gate', () => {
    const text = explanationText(tradingExplanation, 'golden-cross', style)
    expect(text).toContain('✓ golden-cross is trading in world demo')
    expect(text).not.toContain('closed')
  })

  test('keeps within 100 columns whatever a gate says', () => {
    const [gate] = sampleExplanation.gates
    const wordy = { ...gate!, reason: 'many words about a gate '.repeat(20) }
    const text = explanationText({ ...sampleExplanation, first_closed: wordy, gates: [wordy] }, 'golden-cross', style)
    expect(Math.max(...text.split('\n').map(textWidth))).toBeLessThanOrEqual(100)
  })
})

test('a terminal gets colours, anything else gets the same words without', () => {
  const coloured = explanationText(sampleExplanation, 'golden-cross', terminalStyle())
  expect(coloured).toContain('\u001B[31m✗')
  expect(explanationText(sampleExplanation, 'golden-cross', style)).not.toContain('\u001B')
})
