import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, fetchTransport, gatewayRoutes, type Client } from '@qmtl/contracts'
import { forkSource } from '@qmtl/service-kit/testing'
import { afterEach, expect, test } from 'vitest'
import { sampleOrder } from './testing/order-samples.ts'
import { sampleDag } from './testing/sample-dag.ts'

const folder = mkdtempSync(join(tmpdir(), 'qmtl-killed-'))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function startGateway() {
  const module = fileURLToPath(new URL('./testing/killable-gateway.ts', import.meta.url))
  const child = await forkSource(module, [join(folder, 'gateway.sqlite')])
  children.push(child)
  const [url] = (await once(child, 'message')) as [string]
  return { child, client: createClient(gatewayRoutes, fetchTransport({ baseUrl: url, fetch })) }
}

/** Calls until the process is gone, adding to `acknowledged` what was answered before. */
async function loadUntilDead(
  call: (index: number) => Promise<string>,
  first: number,
  acknowledged: string[],
): Promise<void> {
  for (let index = first; ; index += 10) {
    try {
      acknowledged.push(await call(index))
    } catch {
      return
    }
  }
}

const submitOne = (client: Client<typeof gatewayRoutes>) => async (index: number) =>
  (await client.submit({ body: { dag: sampleDag(index, { nodes: 5 }), world_ids: ['w1'] } })).body.strategy_id

test('killed in the middle of a burst, the Gateway has lost nothing that it acknowledged and goes on where it was', async () => {
  const first = await startGateway()
  const strategyId = await submitOne(first.client)(0)
  first.child.send(strategyId)
  await once(first.child, 'message')
  const placeOne = async (index: number) =>
    (
      await first.client.placeOrder({
        body: sampleOrder({ strategy_id: strategyId, client_order_id: `q${String(index).padStart(8, '0')}` }),
      })
    ).body.order_id
  const submitted: string[] = []
  const placed: string[] = []
  const loads = Array.from({ length: 9 }, (_, index) => loadUntilDead(submitOne(first.client), index + 1, submitted))
  loads.push(loadUntilDead(placeOne, 10, placed))
  while (submitted.length < 50 || placed.length < 5) await new Promise((resolve) => setImmediate(resolve))
  const died = once(first.child, 'exit')
  first.child.kill('SIGKILL')
  await died
  await Promise.all(loads)

  const { client } = await startGateway()
  const statuses = await Promise.all(
    submitted.map(
      async (id) => (await client.status({ params: { strategy_id: id }, query: { wait_ms: 20_000 } })).body,
    ),
  )
  expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set(['completed']))
  const ids = new Set<string>()
  for (let after = 0; ;) {
    const { body } = await client.listOrders({ query: { world_id: 'w1', after, limit: 1_000 } })
    if (body.orders.length === 0) break
    for (const order of body.orders) ids.add(order.order_id)
    after = body.next_after
  }
  expect(placed.filter((id) => !ids.has(id))).toEqual([])
})
