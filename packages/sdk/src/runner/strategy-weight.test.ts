import type { ActivationEntry, ActivationState } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { weightsOf } from './strategy-weight.ts'

const entry = (weight: number): ActivationEntry => ({
  ...{ active: weight > 0, weight, freeze: false, drain: false, effective_mode: 'paper', run_id: 'r' },
  ...{ ts: '2024-01-01T00:00:00Z', etag: 'e' },
})
const activationOf = (sides: {
  readonly long?: ActivationEntry
  readonly short?: ActivationEntry
}): ActivationState => ({
  version: 1,
  state: { s: sides },
})

test.each([
  ['a long target has the weight of the long side', { long: entry(0.5), short: entry(0) }, 1, 0.5],
  ['a short target has the weight of the short side', { long: entry(0), short: entry(0.25) }, -1, 0.25],
  ['a side without an entry takes the weight of the other', { long: entry(0.5) }, -1, 0.5],
  ['without an entry targets are planned whole', {}, 1, 1],
])('%s', (_, held, target, weight) => {
  expect(weightsOf(activationOf(held), 's')(target)).toBe(weight)
})
