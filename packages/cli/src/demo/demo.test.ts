import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ActivationState } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import { openDesk } from '../testing/open-desk.ts'
import { buildsQmtl, runQmtl } from '../testing/run-qmtl.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import type { DemoReport } from './demo-report.ts'

buildsQmtl()
const temporary = temporaryDirectories()
const bin = fileURLToPath(new URL('../../bin/qmtl.js', import.meta.url))
const names = ['golden-cross', 'trend-rsi', 'fast-flip']

async function runDemo(dataDir: string, ...args: readonly string[]): Promise<DemoReport> {
  const { code, stdout, stderr } = await runQmtl(['demo', '--once', '--json', '--data-dir', dataDir, ...args])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as DemoReport
}

describe('the demo', () => {
  test('tells the whole story, and a second run on its directory goes on from where the first ended', async () => {
    const directory = await temporary()
    const first = await runDemo(directory)
    expect(first.strategies.map(({ name, nodes, reused, created }) => [name, nodes, reused, created])).toEqual([
      ['golden-cross', 5, 0, 5],
      ['trend-rsi', 6, 3, 3],
      ['fast-flip', 4, 2, 2],
    ])
    expect(first.strategies.map(({ verdict }) => verdict.outcome)).toEqual(['pass', 'pass', 'fail'])
    expect(first.strategies.map(({ decision }) => decision.effective_mode)).toEqual(['paper', 'paper', 'compute-only'])
    for (const { verdict, statistics } of first.strategies) {
      const [gate] = verdict.gates.filter((one) => one.gate === 'sharpe >= 0.5')
      expect(gate?.value).toBe(statistics['sharpe']?.value)
      expect(gate).toMatchObject({ threshold: '>= 0.5', sample: 184 })
    }
    expect(first.apply).toMatchObject({ phase: 'completed' })
    const { paper } = first
    expect(paper.orders_blocked_before_activation).toBeGreaterThan(0)
    expect(paper.orders).toBeGreaterThan(0)
    expect(paper.fills).toBe(paper.orders)
    expect(paper.bars_after_freeze).toBeGreaterThanOrEqual(20)
    expect(paper.orders_blocked_after_freeze).toBeGreaterThan(0)
    expect(paper.orders_after_freeze).toBe(0)
    expect(first.ledger.balanced).toBe(true)

    const second = await runDemo(directory)
    expect(second.strategies.map(({ strategy_id }) => strategy_id)).toEqual(
      first.strategies.map((one) => one.strategy_id),
    )
    expect(second.strategies.map(({ nodes, reused, created }) => [nodes, reused, created])).toEqual([
      [5, 5, 0],
      [6, 6, 0],
      [4, 4, 0],
    ])
    expect(second.ledger.balanced).toBe(true)
    const fillsOf = ({ ledger }: DemoReport) => ledger.books.reduce((sum, { fills }) => sum + fills, 0)
    expect(fillsOf(second)).toBe(fillsOf(first) + second.paper.fills)
  }, 120_000)

  test('judges by what it computed: another seed is another verdict', async () => {
    const { strategies } = await runDemo(await temporary(), '--seed', '4')
    expect(strategies.map(({ verdict }) => verdict.outcome)).toEqual(['fail', 'fail', 'fail'])
  }, 60_000)

  test('judges by the policy: another policy is another verdict', async () => {
    const { platform } = await openDesk(await temporary(), names)
    try {
      const runner = platform.runnerOf('desk')
      await runner.refresh({})
      await runner.gatherEvidence({})
      const outcomes = async (policy: object) => {
        const { body } = await platform.worlds.evaluate({ params: { world_id: 'desk' }, body: { policy } })
        return body.verdicts.map(({ outcome }) => outcome)
      }
      expect(await outcomes({ thresholds: { sharpe: { min: 100 } } })).toEqual(['fail', 'fail', 'fail'])
      expect(await outcomes({ thresholds: { sharpe: { min: -100 } } })).toEqual(['pass', 'pass', 'pass'])
      expect((await outcomes({ top_k: { k: 1, metric: 'sharpe' } })).filter((one) => one === 'pass')).toHaveLength(1)
    } finally {
      await platform.stop()
    }
  }, 60_000)
})

/** Starts the demo, kills it the moment `marker` shows in what it tells, and returns what it had told. */
function killDemoAt(dataDir: string, marker: string, afterMs: number): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, 'demo', '--once', '--json', '--data-dir', dataDir], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => {
      const isNew = !told.includes(marker)
      told += chunk.toString()
      if (isNew && told.includes(marker)) setTimeout(() => child.kill('SIGKILL'), afterMs)
    })
    child.once('close', () => resolve(told))
  })
}

function activeIn({ state }: ActivationState): readonly string[] {
  return Object.entries(state)
    .filter(([, { long, short }]) => long?.active === true || short?.active === true)
    .map(([id]) => id)
    .toSorted()
}

describe('kill -9 and a restart on the same directory', () => {
  test.each([
    ['Strategies share', 0],
    ['The verdict', 0],
    ['Apply in two', 0],
    ['stopped at the first gate', 60],
    ['Paper trading', 300],
    ['frozen under', 0],
  ])(
    'at "%s" plus %d ms loses nothing acknowledged and never leaves a half-switched world',
    async (marker, afterMs) => {
      const directory = await temporary()
      const told = await killDemoAt(directory, marker, afterMs)
      const acknowledged = [...told.matchAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g)].map(([id]) => id)

      const { platform } = await openDesk(directory, [])
      try {
        const { body: listed } = await platform.gateway.listStrategies({ query: {} })
        const known = new Set(listed.strategies.map(({ strategy_id }) => strategy_id))
        expect(acknowledged.filter((id) => !known.has(id))).toEqual([])
        const params = { world_id: 'demo' }
        const { body: world } = await platform.worlds.getWorld({ params })
        const { body: decisions } = await platform.worlds.getDecisions({ params })
        const { body: activation } = await platform.worlds.getActivation({ params })
        if (!world.frozen) expect(activeIn(activation)).toEqual(decisions.strategies.toSorted())
        const { body: open } = await platform.gateway.listOrders({ query: { world_id: 'demo', open: true } })
        expect(open.orders).toEqual([])
      } finally {
        await platform.stop()
      }

      const report = await runDemo(directory)
      expect(report.apply.phase).toBe('completed')
      expect(report.ledger.balanced).toBe(true)
      expect(report.paper.orders_after_freeze).toBe(0)
    },
    120_000,
  )
})
