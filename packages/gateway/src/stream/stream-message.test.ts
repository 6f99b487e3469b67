import type { ControlEvent } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import { frameOf, isInScope, numbered, relayed, type StreamEvent, type StreamScope } from './stream-message.ts'

const event: StreamEvent = {
  topic: 'activation',
  type: 'activation_updated',
  id: 'e1',
  time: '2024-01-01T00:00:00Z',
  worldIds: ['w1', 'w2'],
  strategyId: 's1',
  data: { version: 1, weight: 0.5 },
}

describe('the scope of a ticket', () => {
  const scope: StreamScope = { worldId: 'w1', strategyId: 's1', topics: ['activation'] }
  for (const [what, change, seen] of [
    ['what it names', {}, true],
    ['another strategy', { strategyId: 's2' }, false],
    ['another world', { worldIds: ['w3'] }, false],
    ['another topic', { topic: 'orders' }, false],
    ['the whole world', { strategyId: undefined }, true],
    ['every world', { worldIds: undefined }, true],
  ] satisfies [string, Partial<StreamEvent>, boolean][]) {
    test(`${seen ? 'shows' : 'hides'} ${what}`, () => expect(isInScope({ ...event, ...change }, scope)).toBe(seen))
  }
  test('without a strategy shows all of its world', () => {
    expect(isInScope(event, { worldId: 'w2', topics: ['activation'] })).toBe(true)
  })
})

test('a message is a CloudEvent with the number of the connection', () => {
  expect(JSON.parse(numbered(frameOf(event), 7))).toEqual({
    seq_no: 7,
    specversion: '1.0',
    id: 'e1',
    source: 'qmtl.gateway',
    type: 'activation_updated',
    time: '2024-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    data: { version: 1, weight: 0.5 },
  })
})

describe('a control event', () => {
  const control = (type: string, data: unknown): ControlEvent => ({
    ...{ specversion: '1.0', id: 'c1', type, source: 'qmtl.worldservice', subject: 'w1' },
    ...{ time: '2024-01-01T00:00:00Z', datacontenttype: 'application/json', sequence: 1, data },
  })
  test('of a strategy is relayed with its world, strategy and id', () => {
    const data = { version: 1, world_id: 'w1', strategy_id: 's1' }
    expect(relayed(control('activation_updated', data))).toEqual({
      ...{ topic: 'activation', type: 'activation_updated', id: 'c1', time: '2024-01-01T00:00:00Z' },
      ...{ worldIds: ['w1'], strategyId: 's1', data },
    })
  })
  test('of a queue takes its name on the stream and, without a world, concerns all', () => {
    const seen = relayed(control('queue_updated', { version: 1, world_id: null }))
    expect(seen).toMatchObject({ topic: 'queue', type: 'queue_update', worldIds: undefined })
  })
  for (const [what, type, data] of [
    ['of an unknown type', 'secret_event', { version: 1 }],
    ['of an unknown version', 'policy_updated', { version: 2 }],
    ['without data', 'policy_updated', null],
  ] as const) {
    test(`${what} is not relayed`, () => expect(relayed(control(type, data))).toBeUndefined())
  }
})
