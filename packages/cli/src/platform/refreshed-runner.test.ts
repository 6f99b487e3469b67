import type { Fill } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { openDesk } from '../testing/open-desk.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import { createPace } from './pace.ts'
import { allFills } from './paper-trading.ts'
import { runWorldLoop } from './world-loop.ts'

const instants = 24 * 8
const params = { world_id: 'desk' }
const names = ['golden-cross', 'trend-rsi', 'fast-flip']
const temporary = temporaryDirectories()

/** Trades `instants` bars; the runner loads its world anew after every `between` of them, as it does for a new binding. */
async function fillsWithRefreshes(between: number, weight = 1): Promise<readonly string[]> {
  const { platform, submitted } = await openDesk(await temporary(), names)
  try {
    const runner = platform.runnerOf('desk')
    await runner.refresh({})
    await runner.gatherEvidence({})
    const activate = submitted.map(({ strategy_id }) => strategy_id)
    await platform.worlds.apply({ params, headers: {}, body: { run_id: 'go', plan: { activate } } })
    if (weight !== 1) {
      const { body } = await platform.worlds.getActivation({ params })
      for (const [strategy_id, sides] of Object.entries(body.state)) {
        for (const side of ['long', 'short'] as const) {
          if (sides[side] === undefined) continue
          await platform.worlds.putActivation({
            params,
            headers: {},
            body: { strategy_id, side, active: true, weight },
          })
        }
      }
    }
    const pace = createPace(undefined, () => 0)
    const signal = new AbortController().signal
    for (let done = 0; done < instants; done += between) {
      if (done > 0) await runner.refresh({})
      await runWorldLoop({ platform, runner, pace, onStep: () => undefined }, { signal, most: between })
    }
    const nameOf = new Map(submitted.map(({ strategy_id, name }) => [strategy_id, name]))
    return (await allFills(platform.gateway, 'desk')).map((fill) => shown(fill, nameOf.get(fill.strategy_id) ?? ''))
  } finally {
    await platform.stop()
  }
}

function shown({ filled_at, side, quantity, price }: Fill, name: string): string {
  return `${filled_at} ${name} ${side} ${quantity} at ${price}`
}

test.each([
  ['a whole share', 1],
  ['half a share', 0.5],
])(
  'a runner that loads its world anew, orders under way and all, fills like one that never did: %s of its targets',
  async (_, weight) => {
    const straight = await fillsWithRefreshes(instants, weight)
    expect(straight.length).toBeGreaterThan(10)
    expect(await fillsWithRefreshes(1, weight)).toEqual(straight)
  },
  60_000,
)
