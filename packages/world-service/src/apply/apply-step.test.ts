import { applyAckSchema, stateHashOf } from '@qmtl/contracts'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { mergeActivation } from '../activation/merge-activation.ts'
import { testWorld } from '../testing/any-world.ts'
import { activationStateOf, applyChange, type WorldState } from '../world-state.ts'
import {
  applyAckOf,
  isOpen,
  mayFollow,
  nextCommand,
  recoveryCommand,
  type ApplyCommand,
  type ApplyRun,
  type ApplyState,
} from './apply-state.ts'
import { applyStep } from './apply-step.ts'

const ts = '2024-04-02T00:00:00Z'

function stateWith(previous: readonly string[], changes: Parameters<typeof testWorld>[0] = {}): WorldState {
  const empty: WorldState = {
    world: testWorld(changes),
    epoch_since: '2024-01-01T00:00:00Z',
    activation_version: 0,
    entries: [],
    decisions: previous,
  }
  return previous.reduce(
    (state, strategy_id) =>
      applyChange(state, mergeActivation(state, { strategy_id, side: 'long', active: true, weight: 0.5 }, ts)),
    empty,
  )
}

function requested(target: readonly string[], previous: readonly string[]): ApplyState {
  const run: ApplyRun = {
    world_id: 'w1',
    run_id: 'r1',
    request_hash: 'h',
    domain: 'dryrun',
    target: target.map((strategy_id) => ({ strategy_id, sides: ['long'] })),
    previous,
    stages: [{ stage: 'requested', ts }],
  }
  return { phase: 'requested', run }
}

interface Journal {
  readonly apply: ApplyState
  readonly world: WorldState
}

function step({ apply, world }: Journal, command: ApplyCommand): Journal {
  const { state, change } = applyStep(apply, world, command, { ts })
  return { apply: state, world: applyChange(world, change) }
}

function runTo(journal: Journal, next: (state: ApplyState) => ApplyCommand | undefined, limit = Infinity): Journal {
  let current = journal
  for (let count = 0; count < limit; count++) {
    const command = next(current.apply)
    if (command === undefined) break
    current = step(current, command)
  }
  return current
}

describe('an apply that goes well', () => {
  const before: Journal = { apply: requested(['a', 'c'], ['a', 'b']), world: stateWith(['a', 'b']) }
  const after = runTo(before, nextCommand)

  test('passes every stage once, in order', () => {
    const ack = applyAckOf(after.apply)
    expect(Value.Check(applyAckSchema, ack)).toBe(true)
    expect(ack.stages.map(({ stage }) => stage)).toEqual(['requested', 'freeze', 'switch', 'unfreeze', 'completed'])
    expect(ack).toMatchObject({ ok: true, phase: 'completed', active: ['a', 'c'] })
  })

  test('freezes and releases, each under its own epoch', () => {
    expect(runTo(before, nextCommand, 1).world.world).toMatchObject({ frozen: true, epoch: 1 })
    expect(after.world.world).toMatchObject({ frozen: false, epoch: 2, current_domain: 'dryrun' })
  })

  test('switches decisions and entries together, weights are kept', () => {
    expect(after.world.decisions).toEqual(['a', 'c'])
    const { state } = activationStateOf(after.world)
    expect(state['a']?.long).toMatchObject({ active: true, weight: 0.5, effective_mode: 'paper', run_id: 'r1' })
    expect(state['b']?.long).toMatchObject({ active: false, weight: 0.5 })
    expect(state['c']?.long).toMatchObject({ active: true, weight: 1 })
    expect(state['c']?.short).toBeUndefined()
  })

  test('tells of every entry, with the hash of the state after the switch', () => {
    const frozen = runTo(before, nextCommand, 1)
    const { change } = applyStep(frozen.apply, frozen.world, 'switch', { ts })
    const hash = stateHashOf(activationStateOf(applyChange(frozen.world, change)))
    expect(change.facts.map(({ type, data }) => [type, 'strategy_id' in data && data.strategy_id])).toEqual([
      ['activation_updated', 'a'],
      ['activation_updated', 'b'],
      ['activation_updated', 'c'],
    ])
    for (const { data } of change.facts)
      expect(data).toMatchObject({ state_hash: hash, state_version: 3, phase: 'unfreeze' })
  })
})

describe('an apply on a frozen world', () => {
  test('is allowed, keeps the epoch and releases the world', () => {
    const world = stateWith([], { frozen: true, epoch: 7 })
    const journal = { apply: requested(['a'], []), world }
    expect(runTo(journal, nextCommand, 1).world.world.epoch).toBe(7)
    expect(runTo(journal, nextCommand).world.world).toMatchObject({ frozen: false, epoch: 8 })
  })
})

describe('laws', () => {
  const anyIds = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')).map((ids) => ids.toSorted())

  test('an end at any point leaves it completed, or rolled back with everything as before but frozen', () => {
    fc.assert(
      fc.property(anyIds, anyIds, fc.integer({ min: 0, max: 4 }), fc.boolean(), (previous, target, steps, frozen) => {
        const before = { apply: requested(target, previous), world: stateWith(previous, { frozen }) }
        const after = runTo(runTo(before, nextCommand, steps), recoveryCommand)
        expect(isOpen(after.apply)).toBe(false)
        if (after.apply.phase === 'completed') {
          expect(after.world.decisions).toEqual(target)
          const active = after.world.entries.filter(({ entry }) => entry.active).map(({ strategy_id }) => strategy_id)
          expect(active.toSorted()).toEqual(target)
          expect(after.world.world.frozen).toBe(false)
        } else {
          expect(after.world.decisions).toEqual(previous)
          expect(after.world.entries).toEqual(before.world.entries)
          expect(after.world.world).toMatchObject({ frozen: true, current_domain: null })
        }
      }),
    )
  })

  test('from the freeze to the release the world is frozen after every step', () => {
    fc.assert(
      fc.property(anyIds, anyIds, fc.integer({ min: 1, max: 2 }), (previous, target, steps) => {
        const journal = { apply: requested(target, previous), world: stateWith(previous) }
        expect(runTo(journal, nextCommand, steps).world.world.frozen).toBe(true)
      }),
    )
  })

  test('a command out of order is refused', () => {
    const commands: readonly ApplyCommand[] = ['freeze', 'switch', 'unfreeze', 'complete', 'roll-back']
    let journal: Journal = { apply: requested(['a'], []), world: stateWith([]) }
    for (;;) {
      for (const command of commands) {
        const attempt = () => applyStep(journal.apply, journal.world, command, { ts })
        if (mayFollow(journal.apply, command)) expect(attempt).not.toThrow()
        else expect(attempt).toThrow(TypeError)
      }
      const next = nextCommand(journal.apply)
      if (next === undefined) break
      journal = step(journal, next)
    }
  })
})
