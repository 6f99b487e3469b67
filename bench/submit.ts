import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeIdOf, type DagNode } from '@qmtl/contracts'
import type { Bench, BenchResult } from './bench.ts'
import { openKeepAliveClient, requestBytes, type KeepAliveClient } from './keep-alive-client.ts'

const clients = 50
const nodesPerDag = 20
const warmUp = 1_000
const measured = 8_000
const targets = { perSecond: 1_000, p95Ms: 50, planLagMs: 2_000 }

/** The whole path of a submission over HTTP, every commit with fsync; the load comes from this process, the services run in another. */
export const submitBench: Bench = {
  name: 'submit',
  description:
    'durable submissions per second over HTTP: 50 clients, 20-node DAGs, each new with half of its nodes known',
  run: measureSubmit,
}

async function measureSubmit(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'qmtl-bench-'))
  const server = fork(join(import.meta.dirname, 'submit-server.js'), [folder])
  try {
    const [port] = (await once(server, 'message')) as [number]
    const requests = submissionRequests(warmUp + measured)
    const connections = await Promise.all(Array.from({ length: clients }, () => openKeepAliveClient(port)))
    await load(connections, requests.slice(0, warmUp))
    const result = await load(connections, requests.slice(warmUp))
    const planLagMs = await waitForPlans(connections, result)
    for (const connection of connections) connection.close()
    return report(result, planLagMs)
  } finally {
    server.kill()
    await once(server, 'exit')
    await rm(folder, { recursive: true, force: true })
  }
}

interface LoadResult {
  readonly tookMs: number
  readonly latenciesMs: readonly number[]
  readonly refused: number
  /** Accepted strategies in the order of their answers. */
  readonly strategyIds: readonly string[]
  readonly lastAnswerAt: number
}

/** Every client sends its next request when its last one is answered. */
async function load(connections: readonly KeepAliveClient[], requests: readonly Buffer[]): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const strategyIds: string[] = []
  let refused = 0
  let next = 0
  const startedAt = performance.now()
  async function work(connection: KeepAliveClient): Promise<void> {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const sentAt = performance.now()
      const { status, body } = await connection.send(request)
      latenciesMs.push(performance.now() - sentAt)
      if (status === 202) strategyIds.push(strategyIdOf(body))
      else refused += 1
    }
  }
  await Promise.all(connections.map(work))
  const lastAnswerAt = performance.now()
  return { tookMs: lastAnswerAt - startedAt, latenciesMs, refused, strategyIds, lastAnswerAt }
}

/** How long after the last answer the last plans were there. */
async function waitForPlans(
  connections: readonly KeepAliveClient[],
  { strategyIds, lastAnswerAt }: LoadResult,
): Promise<number> {
  const last = strategyIds.slice(-connections.length)
  const answers = await Promise.all(
    last.map(async (id, index) => {
      const answer = await connections[index]?.send(requestBytes('GET', `/strategies/${id}/status?wait_ms=30000`))
      return /"status":"completed"/.test(answer?.body ?? '') ? performance.now() - lastAnswerAt : Infinity
    }),
  )
  return Math.max(...answers)
}

function report({ tookMs, latenciesMs, refused, strategyIds }: LoadResult, planLagMs: number): BenchResult {
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  const perSecond = (strategyIds.length / tookMs) * 1_000
  return {
    clients,
    nodes_per_dag: nodesPerDag,
    submissions: strategyIds.length,
    refused,
    submissions_per_second: Math.round(perSecond),
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    p99_ms: at(0.99),
    last_plan_after_ms: rounded(planLagMs),
    target_per_second: targets.perSecond,
    target_p95_ms: targets.p95Ms,
    passed:
      refused === 0 && perSecond >= targets.perSecond && at(0.95) < targets.p95Ms && planLagMs < targets.planLagMs,
  }
}

/** Requests made before the clock runs: the load is the Gateway's, not the generator's. */
export function submissionRequests(count: number): readonly Buffer[] {
  const known = chain([], nodesPerDag / 2, 0)
  return Array.from({ length: count }, (_, index) => {
    const nodes = chain(known, nodesPerDag, index + 1)
    const dag = { schema_version: 'v1', name: `bench-${index}`, version: 'v1', nodes }
    return requestBytes('POST', '/strategies', JSON.stringify({ dag, world_ids: ['bench'] }))
  })
}

/** The nodes given, continued by operators up to `length`; another `variant` makes other nodes. */
function chain(start: readonly DagNode[], length: number, variant: number): readonly DagNode[] {
  const nodes = [...start]
  while (nodes.length < length) {
    const before = nodes.at(-1)
    const inputs = before === undefined ? {} : { inputs: { x: { node: before.node_id, output: 'value' } } }
    const node = {
      node_type: before === undefined ? 'bars' : 'sma',
      kind: before === undefined ? ('source' as const) : ('operator' as const),
      name: `node-${nodes.length}`,
      interval: 3_600,
      period: 20,
      params: { ...inputs, window: 10 + nodes.length, variant },
      dependencies: before === undefined ? [] : [before.node_id],
      schema_compat_id: 'series-v1',
      schema_hash: 'a'.repeat(64),
      config_hash: 'b'.repeat(64),
      code_hash: 'c'.repeat(64),
    }
    nodes.push({ ...node, node_id: nodeIdOf(node) })
  }
  return nodes
}

function strategyIdOf(body: string): string {
  return /"strategy_id":"([^"]+)"/.exec(body)?.[1] ?? ''
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
