import { silentLogger } from '@qmtl/service-kit'
import { sqliteOpener } from '@qmtl/service-kit/testing'
import { expect, test } from 'vitest'
import type { GatewayTables } from '../database/tables.ts'
import { createStreamHub } from '../stream/stream-hub.ts'
import { createSubmissionSide } from '../testing/submission-side.ts'
import { createControlEventConsumer } from './control-events.ts'

const open = sqliteOpener()

test('worlds that may have switched among events that were missed have their strategies planned anew', async () => {
  const side = await createSubmissionSide(await open<GatewayTables>())
  const consumer = createControlEventConsumer({
    ...{ hub: createStreamHub(), readings: side.readings, planner: side.planner, log: silentLogger },
    gates: { close: async () => undefined },
    dispatcher: { inFlight: () => [] },
  })
  await side.submit(1)
  await side.pass(100)
  side.worlds.mode = 'live'
  await consumer.onResync({ reason: 'overflow' }, { signal: new AbortController().signal })
  await side.pass(100)
  expect(await side.read('s1')).toMatchObject({ plan: { context: { execution_domain: 'live' } } })
})
