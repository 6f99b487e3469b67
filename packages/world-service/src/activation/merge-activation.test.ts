import { activationEnvelopeSchema, stateHashOf, type ActivationPatch } from '@qmtl/contracts'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { testWorld } from '../testing/any-world.ts'
import { activationStateOf, applyChange, type WorldState } from '../world-state.ts'
import { envelopeOf, findEntry, mergeActivation } from './merge-activation.ts'

const ts = '2024-04-02T00:00:00Z'
const empty: WorldState = {
  world: testWorld({ current_domain: 'dryrun' }),
  epoch_since: '2024-01-01T00:00:00Z',
  activation_version: 0,
  entries: [],
  decisions: [],
}

function put(state: WorldState, patch: Omit<ActivationPatch, 'strategy_id' | 'side'>): WorldState {
  return applyChange(state, mergeActivation(state, { strategy_id: 's1', side: 'long', ...patch }, ts))
}

describe('a patch', () => {
  test.each([
    ['activates at full weight', { active: true }, { active: true, weight: 1, freeze: false, drain: false }],
    ['deactivates at weight 0', { active: false }, { active: false, weight: 0 }],
    ['clamps a weight above 1', { active: true, weight: 7 }, { weight: 1 }],
    ['clamps a weight below 0', { active: true, weight: -1 }, { weight: 0 }],
    ['that freezes makes inactive', { active: true, freeze: true }, { active: false, freeze: true }],
    ['that drains makes inactive', { active: true, drain: true }, { active: false, drain: true }],
  ])('%s', (_, patch, expected) => {
    expect(findEntry(put(empty, patch), 's1', 'long')).toMatchObject(expected)
  })

  test('keeps what it does not name', () => {
    const draining = put(put(empty, { active: true, weight: 0.4 }), { active: true, drain: true, weight: 0.4 })
    expect(findEntry(put(draining, { active: true }), 's1', 'long')).toMatchObject({ drain: true, active: false })
    const open = put(put(empty, { active: true, weight: 0.4 }), { active: true })
    expect(findEntry(open, 's1', 'long')).toMatchObject({ weight: 0.4, effective_mode: 'paper' })
  })

  test('takes the next version, a new etag, one event and one audit entry', () => {
    const once = put(empty, { active: true })
    const change = mergeActivation(once, { strategy_id: 's1', side: 'long', active: false }, ts)
    expect(change.activation?.version).toBe(2)
    expect(change.activation?.writes[0]?.entry.etag).toBe('act:w1:s1:long:2')
    expect(change.facts).toHaveLength(1)
    expect(change.audit).toMatchObject([{ event: 'activation_updated', data: { strategy_id: 's1', active: false } }])
  })

  test('the event carries the hash that the owner would give', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ active: fc.boolean(), weight: fc.double({ noNaN: true }) }), { maxLength: 5 }),
        (patches) => {
          let state = empty
          for (const patch of patches) {
            const change = mergeActivation(state, { strategy_id: 's1', side: 'short', ...patch }, ts)
            state = applyChange(state, change)
            expect(change.facts[0]?.data).toMatchObject({ state_hash: stateHashOf(activationStateOf(state)) })
          }
        },
      ),
    )
  })

  test('the envelope fits its schema', () => {
    const state = put(empty, { active: true })
    expect(Value.Check(activationEnvelopeSchema, envelopeOf(state, 's1', 'long'))).toBe(true)
    expect(envelopeOf(state, 's1', 'short')).toBeUndefined()
  })
})

test('an empty world has version 0 and the hash of an empty state', () => {
  expect(activationStateOf(empty)).toEqual({ version: 0, state: {} })
})
