import { decimal, decimalText } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { describeModels, realityModels } from './reality-models.ts'

test.each([
  [{ feeBps: -1 }, 'feeBps', '-1'],
  [{ feeBps: '10001' }, 'feeBps', '10001'],
  [{ slippageBps: '-0.5' }, 'slippageBps', '-0.5'],
  [{ slippageBps: 10_001 }, 'slippageBps', '10001'],
  [{ leverage: 0 }, 'leverage', '0'],
  [{ leverage: -2 }, 'leverage', '-2'],
])('%j is refused with its bounds', (options, path, value) => {
  const refusal = { code: 'E_INVALID_PARAMETER', errors: [expect.objectContaining({ path, value })] }
  expect(() => realityModels(options)).toThrow(expect.objectContaining(refusal))
})

test('all unusable options are named at once', () => {
  expect(() => realityModels({ feeBps: -1, slippageBps: -1 })).toThrow(
    'models: feeBps must be from 0 to 10000, seen -1; slippageBps must be from 0 to 10000, seen -1',
  )
})

test('the bounds themselves are allowed', () => {
  expect(decimalText(realityModels({ feeBps: 10_000 }).fees.bps)).toBe('10000')
  expect(realityModels({ feeBps: 0, slippageBps: 10_000, leverage: '0.5' }).buyingPower.leverage).toEqual(
    decimal('0.5'),
  )
})

test('models are described with every parameter', () => {
  expect(describeModels(realityModels({ feeBps: '7.50', slippageBps: 3, leverage: 2, fill: 'close' }))).toEqual({
    fees: 'percent(7.5 bps)',
    slippage: 'bps(3 bps)',
    fill: 'close',
    buying_power: 'leverage(2, reduce)',
  })
})
