import { expect, test } from 'vitest'
import type { ControlEvent } from '@qmtl/contracts'
import { createGate } from '../testing/gate.ts'
import { describeControlBus } from '../testing/control-bus-suite.ts'
import { createRecordingConsumer } from '../testing/recording-consumer.ts'
import { createMemoryBus } from './memory-bus.ts'

describeControlBus('memory', async (options) => createMemoryBus({ ...options, pause: () => Promise.resolve() }))

const event = (sequence: number): ControlEvent => ({
  specversion: '1.0',
  id: `e${sequence}`,
  type: 'policy_updated',
  source: 'qmtl.worldservice',
  subject: 'w',
  time: '2024-01-01T00:00:00Z',
  datacontenttype: 'application/json',
  sequence,
  data: {},
})

test('settled waits for everything published, also by handlers', async () => {
  const bus = createMemoryBus({ onFault: () => undefined })
  const consumer = createRecordingConsumer({
    onEvent: ({ sequence }) => (sequence < 5 ? bus.publish([event(sequence + 1)]) : undefined),
  })
  await bus.subscribe({ name: 'chain', capacity: 10, overflow: 'drop-oldest' }, consumer)
  await bus.publish([event(1)])
  await bus.settled()
  expect(consumer.journal).toEqual(['e1', 'e2', 'e3', 'e4', 'e5'])
})

test('stop does not wait for a handler beyond the deadline', async () => {
  const bus = createMemoryBus({ onFault: () => undefined, stopTimeoutMs: 5 })
  const entered = createGate()
  await bus.subscribe(
    { name: 'stuck', capacity: 1, overflow: 'block' },
    createRecordingConsumer({
      onEvent() {
        entered.open()
        return new Promise(() => undefined)
      },
    }),
  )
  await bus.publish([event(1)])
  await entered.opened
  await bus.stop()
})
