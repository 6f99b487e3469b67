import { sqliteOpener } from '@qmtl/service-kit/testing'
import { describe, expect, test } from 'vitest'
import type { GatewayTables } from '../database/tables.ts'
import { createSubmissionSide } from '../testing/submission-side.ts'

const open = sqliteOpener()
const setUp = async () => createSubmissionSide(await open<GatewayTables>())

describe('a world that switches', () => {
  test('has its strategies planned anew, which their status shows', async () => {
    const { submit, pass, read, switchTo, plans } = await setUp()
    await submit(1)
    await submit(2)
    await pass(100)
    switchTo('live')
    await pass(100)
    expect(plans).toEqual([
      { strategyId: 's1', world: 'w1', domain: 'live' },
      { strategyId: 's2', world: 'w1', domain: 'live' },
    ])
    expect(await read('s1')).toMatchObject({ downgraded: false, plan: { context: { execution_domain: 'live' } } })
    switchTo('paper')
    await pass(100)
    expect(await read('s1')).toMatchObject({ plan: { context: { execution_domain: 'dryrun' } } })
  })
  test('has a strategy planned that was on its way meanwhile', async () => {
    const { submit, pass, read, switchTo, dagManager } = await setUp()
    await submit(1)
    dagManager.failure = 'E_UNAVAILABLE'
    await pass(100)
    switchTo('live')
    await pass(100)
    dagManager.failure = undefined
    await pass(1_000)
    expect(await read('s1')).toMatchObject({ status: 'completed', plan: { context: { execution_domain: 'live' } } })
    expect(dagManager.planned).toEqual(['s1', 's1'])
  })
  test('has a strategy planned that was accepted before and recorded after it was told of the switch', async () => {
    const { submit, worker, planner, read, readings, worlds } = await setUp()
    await submit(1)
    // The rows of the world were looked at before this one was there.
    worlds.mode = 'live'
    readings.forgetAll()
    await worker.step()
    await planner.step()
    expect(await read('s1')).toMatchObject({ plan: { context: { execution_domain: 'live' } } })
  })
  test('grants a submission that was taken without WorldService what it missed', async () => {
    const { submit, pass, read, worlds } = await setUp()
    worlds.failure = 'E_UNAVAILABLE'
    expect(await submit(1)).toMatchObject({ safe_mode: true })
    worlds.failure = undefined
    await pass(100)
    expect(await read('s1')).toMatchObject({
      ...{ downgraded: false, downgrade_reason: null, safe_mode: false },
      plan: { context: { execution_domain: 'dryrun' } },
    })
  })
  test('plans nothing that is planned in its context already', async () => {
    const { submit, pass, planner, dagManager } = await setUp()
    await submit(1)
    await pass(100)
    planner.request('w1')
    expect(await planner.step()).toBe(1)
    expect(dagManager.planned).toEqual(['s1'])
  })
  test('is planned however long a service is away, and the status says why it is not yet', async () => {
    const { submit, pass, read, switchTo, dagManager, worlds, metrics } = await setUp()
    await submit(1)
    await pass(100)
    dagManager.failure = 'E_TIMEOUT'
    switchTo('live')
    await pass(600_000)
    const [error] = (await read('s1')).world_errors
    expect(error).toMatchObject({
      world_id: 'w1',
      code: 'E_TIMEOUT',
      attempts: 25,
      message: 'the fake is told to fail',
    })
    expect(error?.retry_at).not.toBeNull()
    const { text } = await metrics.exposition()
    expect(text).toContain('work_failures_total{work="world-plan",code="E_TIMEOUT",end="retried"} 25')
    dagManager.failure = undefined
    worlds.failure = 'E_UNAVAILABLE'
    await pass(400_000)
    expect(await read('s1')).toMatchObject({ world_errors: [{ code: 'E_UNAVAILABLE' }] })
    worlds.failure = undefined
    await pass(30_000)
    expect(await read('s1')).toMatchObject({ world_errors: [], plan: { context: { execution_domain: 'live' } } })
  })
  test('is found again when what told of it was missed, or after a restart', async () => {
    const { submit, pass, read, worlds, readings, planner, newPlanner } = await setUp()
    await submit(1)
    await pass(100)
    worlds.mode = 'live'
    readings.forgetAll()
    planner.requestAll()
    await pass(100)
    expect(await read('s1')).toMatchObject({ plan: { context: { execution_domain: 'live' } } })
    worlds.mode = 'shadow'
    readings.forgetAll()
    const next = newPlanner()
    await next.start()
    await expect.poll(async () => (await read('s1')).plan?.context.execution_domain).toBe('shadow')
    await next.stop()
  })
})

describe('a second world', () => {
  test('named at submission has a plan of its own', async () => {
    const { submit, pass, plans, read, dagManager } = await setUp()
    await submit(1, ['w1', 'w2'])
    await pass(100)
    expect(dagManager.planned).toEqual(['s1', 's1'])
    expect(plans).toEqual([{ strategyId: 's1', world: 'w2', domain: 'dryrun' }])
    expect(await read('s1')).toMatchObject({ plan: { context: { world_id: 'w1' } } })
  })
  test('joined later is bound and planned there, and again when it switches', async () => {
    const { submit, pass, plans, worlds, switchTo } = await setUp()
    await submit(1)
    await pass(100)
    await expect(submit(1, ['w2'])).rejects.toMatchObject({ code: 'E_DUPLICATE' })
    await pass(100)
    expect(worlds.bindings.get('w2')).toEqual(new Set(['s1']))
    switchTo('live', 'w2')
    await pass(100)
    expect(plans).toEqual([
      { strategyId: 's1', world: 'w2', domain: 'dryrun' },
      { strategyId: 's1', world: 'w2', domain: 'live' },
    ])
  })
  test('joined while WorldService is away is bound and planned when it is back', async () => {
    const { submit, pass, plans, worlds, read } = await setUp()
    await submit(1)
    await pass(100)
    worlds.failure = 'E_UNAVAILABLE'
    await expect(submit(1, ['w2'])).rejects.toMatchObject({ code: 'E_DUPLICATE' })
    await pass(10_000)
    expect(await read('s1')).toMatchObject({ world_errors: [{ world_id: 'w2', code: 'E_UNAVAILABLE' }] })
    worlds.failure = undefined
    await pass(10_000)
    expect(worlds.bindings.get('w2')).toEqual(new Set(['s1']))
    expect(plans).toEqual([{ strategyId: 's1', world: 'w2', domain: 'dryrun' }])
    expect(await read('s1')).toMatchObject({ world_errors: [] })
  })
  test('that does not exist is dropped, and the first goes on', async () => {
    const { submit, pass, worlds, read } = await setUp()
    await submit(1)
    await pass(100)
    worlds.failure = 'E_UNAVAILABLE'
    await expect(submit(1, ['w9'])).rejects.toMatchObject({ code: 'E_DUPLICATE' })
    worlds.failure = undefined
    await pass(100)
    expect(await read('s1')).toMatchObject({
      ...{ status: 'completed', world_ids: ['w1'] },
      world_errors: [{ world_id: 'w9', code: 'E_UNKNOWN_WORLD', retry_at: null }],
    })
  })
})
