import {
  createClient,
  inProcessTransport,
  worldRoutes,
  type Client,
  type ControlEvent,
  type Policy,
  type Role,
} from '@qmtl/contracts'
import { createMetrics, silentLogger, type Database } from '@qmtl/service-kit'
import type { WorldTables } from '../adapters/world-tables.ts'
import { createWorldService, type WorldService } from '../service.ts'
import { testAsOf } from './any-evidence.ts'
import { createFakeTime, type FakeTime } from './fake-time.ts'

/** A service on fake time with a client per role and the events it published. */
export interface TestService {
  readonly service: WorldService
  readonly time: FakeTime
  readonly client: Client<typeof worldRoutes>
  readonly events: ControlEvent[]
  clientAs(sub: string, ...roles: readonly Role[]): Client<typeof worldRoutes>
}

/** Starts a service; the one before it on the same database counts as dead. */
export async function startTestService(
  database: Database<WorldTables>,
  time: FakeTime = createFakeTime(),
): Promise<TestService> {
  const events: ControlEvent[] = []
  const bus = {
    async publish(published: readonly ControlEvent[]) {
      events.push(...published)
    },
  }
  const ports = { database, bus, clock: time.clock, log: silentLogger, metrics: createMetrics() }
  const service = createWorldService(ports, { wait: time.wait })
  await service.start()
  const clientAs = (sub: string, ...roles: readonly Role[]) =>
    createClient(worldRoutes, inProcessTransport(service.routes, { sub, roles }))
  return { service, time, events, clientAs, client: clientAs('ada', 'owner', 'service') }
}

export const inW1 = { params: { world_id: 'w1' } }

/** Creates world `w1` with bound strategies and, if given, a policy. */
export async function createWorld(
  { client }: Pick<TestService, 'client'>,
  options: { readonly strategies?: readonly string[]; readonly policy?: Policy; readonly allow_live?: boolean } = {},
): Promise<void> {
  const data = { preset: 'synthetic', as_of: testAsOf, history_start: '2023-01-01T00:00:00Z' }
  await client.createWorld({ body: { world_id: 'w1', data, allow_live: options.allow_live ?? false } })
  const { strategies = [], policy } = options
  if (strategies.length > 0) await client.addBindings({ ...inW1, body: { strategies: [...strategies] } })
  if (policy !== undefined) {
    const { gates, ...rest } = policy
    await client.addPolicy({
      ...inW1,
      body: { policy: { ...rest, ...(gates === undefined ? {} : { gates: textGates(gates) }) } },
    })
  }
}

function textGates(gates: NonNullable<Policy['gates']>): string[] {
  return gates.filter((gate) => typeof gate === 'string')
}
