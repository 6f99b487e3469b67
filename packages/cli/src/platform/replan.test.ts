import { expect, test } from 'vitest'
import { openDesk } from '../testing/open-desk.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'

const temporary = temporaryDirectories()
const params = { world_id: 'desk' }

test('an apply binds the nodes of every strategy in the domain it switches to', async () => {
  const { platform, strategies, submitted } = await openDesk(await temporary(), ['golden-cross', 'trend-rsi'])
  try {
    const activate = submitted.map(({ strategy_id }) => strategy_id)
    const [strategy] = strategies
    const dryRun = async () => {
      const { body } = await platform.gateway.dryRun({ body: { dag: strategy?.dag, world_ids: ['desk'] } })
      return body.plan
    }
    expect((await dryRun()).context.execution_domain).toBe('backtest')
    await platform.worlds.apply({ params, headers: {}, body: { run_id: 'go', plan: { activate } } })
    await expect.poll(async () => (await dryRun()).created).toBe(0)
    const plan = await dryRun()
    expect(plan.context.execution_domain).toBe('dryrun')
    expect(plan.nodes.every(({ topic }) => topic?.startsWith('desk.dryrun.') === true)).toBe(true)
  } finally {
    await platform.stop()
  }
})
