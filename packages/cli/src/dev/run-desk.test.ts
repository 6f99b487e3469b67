import { expect, test } from 'vitest'
import { openDesk } from '../testing/open-desk.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import { runDesk } from './run-desk.ts'

const temporary = temporaryDirectories()
const params = { world_id: 'desk' }

test('a desk gathers evidence anew when an apply has moved the snapshot', async () => {
  const { platform } = await openDesk(await temporary(), ['golden-cross'])
  const stop = new AbortController()
  const outcomes: string[] = []
  const evaluate = async () => {
    const { body } = await platform.worlds.evaluate({ params, body: {} })
    return body.verdicts.map(({ outcome }) => outcome).join()
  }
  let opened = 0
  const onOpened = async () => {
    outcomes.push(await evaluate())
    if ((opened += 1) === 2) return stop.abort()
    const body = { run_id: 'later', as_of: '2023-07-01T00:00:00Z' }
    await platform.worlds.apply({ params, headers: {}, body })
  }
  const working: Promise<void>[] = []
  const listener = {
    opened: () => void working.push(onOpened()),
    stepped: () => undefined,
    failed: (_: string, message: string) => void outcomes.push(message),
  }
  const options = { worldId: 'desk', barsPerSecond: 20, now: () => performance.now(), signal: stop.signal }
  try {
    await runDesk(platform, options, listener)
    await Promise.all(working)
    expect(outcomes).toEqual(['pass', 'pass'])
  } finally {
    stop.abort()
    await platform.stop()
  }
}, 30_000)
