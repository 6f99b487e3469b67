import { describe, expect, test } from 'vitest'
import { testWorld } from '../testing/any-world.ts'
import type { WorldState } from '../world-state.ts'
import { changeSettings, freezeWorld, unfreezeWorld } from './freeze-world.ts'

const cause = { run_id: '', ts: '2024-04-02T00:00:00Z' }

function stateOf(changes: Parameters<typeof testWorld>[0]): WorldState {
  const world = testWorld({ current_domain: 'dryrun', epoch: 4, ...changes })
  return { world, epoch_since: '2024-01-01T00:00:00Z', activation_version: 0, entries: [], decisions: [] }
}

describe('a freeze', () => {
  test('takes a new epoch and tells the gates', () => {
    const change = freezeWorld(stateOf({}), cause)
    expect(change.world).toMatchObject({ frozen: true, epoch: 5 })
    expect(change.facts).toEqual([
      { type: 'world_epoch_changed', data: { version: 1, world_id: 'w1', epoch: 5, frozen: true, run_id: '' } },
    ])
  })

  test('of a frozen world changes nothing', () => {
    expect(freezeWorld(stateOf({ frozen: true }), cause).world).toBeUndefined()
  })
})

describe('a release', () => {
  test('takes a new epoch', () => {
    expect(unfreezeWorld(stateOf({ frozen: true }), cause).world).toMatchObject({ frozen: false, epoch: 5 })
  })

  test('does not open gates that something else keeps closed', () => {
    const change = unfreezeWorld(stateOf({ frozen: true, circuit_breaker: true }), cause)
    expect(change.facts[0]?.data).toMatchObject({ frozen: true })
  })
})

describe('settings', () => {
  test('that stop nothing keep the epoch', () => {
    const state = stateOf({})
    expect(changeSettings(state, { ...state.world, name: 'x' }, cause)).toMatchObject({
      world: { epoch: 4 },
      facts: [],
    })
  })

  test.each([
    ['a circuit breaker', {}, { circuit_breaker: true }, true],
    ['its end', { circuit_breaker: true }, { circuit_breaker: false }, false],
    ['live no longer allowed', { current_domain: 'live', allow_live: true }, { allow_live: false }, true],
  ] as const)('%s takes a new epoch, and the gates are told', (_, before, after, stopped) => {
    const state = stateOf(before)
    const change = changeSettings(state, { ...state.world, ...after }, cause)
    expect(change.world?.epoch).toBe(5)
    expect(change.facts[0]?.data).toMatchObject({ frozen: stopped })
  })
})
