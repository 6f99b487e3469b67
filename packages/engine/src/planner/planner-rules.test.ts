import { decimal, decimalText } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { expect, test } from 'vitest'
import { investableFraction, plannerRules } from './planner-rules.ts'

test.each([
  [{ freePortfolioFraction: decimal(1) }, 'freePortfolioFraction', '1'],
  [{ freePortfolioFraction: decimal('-0.1') }, 'freePortfolioFraction', '-0.1'],
  [{ minimumOrderFraction: decimal(-1) }, 'minimumOrderFraction', '-1'],
  [{ mendFraction: decimal(2) }, 'mendFraction', '2'],
  [{ minimumNotional: decimal(-1) }, 'minimumNotional', '-1'],
  [{ rebalance: { kind: 'band', fraction: decimal(-1) } as const }, 'rebalance.fraction', '-1'],
])('rules that would trade against their target are refused', (options, path, value) => {
  const refusal = { code: 'E_INVALID_PARAMETER', errors: [expect.objectContaining({ path, value })] }
  expect(() => plannerRules(realityModels(), options)).toThrow(expect.objectContaining(refusal))
})

test('the defaults leave room for costs and a free quarter of a percent', () => {
  const rules = plannerRules(realityModels({ feeBps: 20, slippageBps: 5 }))
  expect(decimalText(rules.costRate)).toBe('0.0025')
  expect(decimalText(investableFraction(rules))).toBe('0.9975')
})
