import { QmtlError } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import { parseWorldFile } from './world-file.ts'

const good = `# A world in a file.
world_id: desk
name: Sample desk
data:
  preset: synthetic
  as_of: 2024-01-01T00:00:00Z
  history_start: 2023-01-01T00:00:00Z
strategy_cash: 10000.10
fee_bps: 20
slippage_bps: 0
policy:
  thresholds:
    sharpe: { min: 0.5 }
  top_k: { k: 2, metric: sharpe }
`

function failureOf(text: string): QmtlError {
  try {
    parseWorldFile(text, 'desk.yml')
  } catch (error) {
    if (error instanceof QmtlError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('a world file gives the world and its policy; amounts are taken digit by digit', () => {
  const { world, policy } = parseWorldFile(good, 'desk.yml')
  expect(world).toMatchObject({ world_id: 'desk', strategy_cash: '10000.10', data: { preset: 'synthetic' } })
  expect(world).not.toHaveProperty('policy')
  expect(policy).toEqual({ thresholds: { sharpe: { min: 0.5 } }, top_k: { k: 2, metric: 'sharpe' } })
})

test('a world may come without a policy', () => {
  expect(parseWorldFile(good.slice(0, good.indexOf('policy:')), 'desk.yml').policy).toBeUndefined()
})

describe('what is wrong in a world file is named with file, line and column', () => {
  test.each([
    [
      'an unknown key',
      good.replace('fee_bps', 'fee_bsp'),
      'desk.yml:9:1',
      "fee_bsp is not known; did you mean 'fee_bps'?",
    ],
    ['an unknown key below', good.replace('preset: s', 'presset: s'), 'desk.yml:5:3', "did you mean 'preset'?"],
    ['a wrong type', good.replace('fee_bps: 20', 'fee_bps: cheap'), 'desk.yml:9:1', 'fee_bps must be number'],
    ['a time that is none', good.replace('2024-01-01T00:00:00Z', 'today'), 'desk.yml:6:3', 'data.as_of must match'],
    ['a missing key', good.replace('world_id: desk\n', ''), 'desk.yml:2:1', 'world_id is required'],
    [
      'a wrong threshold',
      good.replace('min: 0.5', 'least: 0.5'),
      'desk.yml:13:15',
      'policy.thresholds.sharpe.least is not known',
    ],
    ['bad syntax', good.replace('world_id: desk', 'world_id: [desk'), 'desk.yml:3:1', ''],
    ['an empty file', '', 'desk.yml:1:1', ''],
  ])('%s', (_, text, path, message) => {
    const { errors, message: what } = failureOf(text)
    expect(errors.map((cause) => cause.path)).toContain(path)
    expect(errors.map((cause) => cause.message).join('\n')).toContain(message)
    expect(what).toMatch(/^desk\.yml:\d+:\d+: /)
  })
})
