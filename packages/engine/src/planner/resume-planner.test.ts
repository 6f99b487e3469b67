import { decimal } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { resumePlanner } from './resume-planner.ts'

const held = { instrument: 'BTC-USD.SIM', target: 0.5, targetSinceMs: 1000, position: decimal(3), lastFillMs: 1000 }

test.each([
  ['a position filled for the standing target is kept', held, true],
  ['a position from before the target is planned anew', { ...held, lastFillMs: 999 }, false],
  ['half a flip is planned anew', { ...held, target: -0.5 }, false],
  ['a flat book is planned anew', { ...held, position: decimal(0), lastFillMs: undefined }, false],
])('%s', (_, target, isKept) => {
  expect(resumePlanner([target]).has('BTC-USD.SIM')).toBe(isKept)
})
