import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runHere } from '../testing/run-here.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'

const temporary = temporaryDirectories()

/** A folder made by `init`, and `dev` in it until its output has every one of the words. */
async function devUntil(
  folder: string,
  words: readonly string[],
  onReady: () => Promise<void> = async () => undefined,
) {
  const stop = new AbortController()
  let told = ''
  let isReady = false
  return runHere(['dev', '--port', '0'], {
    cwd: folder,
    signal: stop.signal,
    onOutput(text) {
      told += text
      if (!isReady && told.includes('ready at')) {
        isReady = true
        void onReady()
      }
      if (words.every((word) => told.includes(word))) stop.abort()
    },
  })
}

async function deskFolder(): Promise<string> {
  const cwd = await temporary()
  expect((await runHere(['init', 'demo'], { cwd })).code).toBe(0)
  return join(cwd, 'demo')
}

const strategyText = (
  name: string,
  fast: number,
) => `import { bars, crossover, positionTarget, sma, strategy } from '@qmtl/sdk'

export default strategy({
  name: '${name}',
  params: { fast: ${fast}, slow: 33 },
  build({ fast, slow }) {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const trend = crossover(sma(price.close, fast), sma(price.close, slow))
    return positionTarget({ instrument: price.instrument, signal: trend, long: 1, flat: 0 })
  },
})
`

test('a strategy that reads what the market does not have is told and stops no other', async () => {
  const folder = await deskFolder()
  const stranger = strategyText('stranger', 7).replace('BTC-USD.SIM', 'NONE-USD.SIM')
  await writeFile(join(folder, 'strategies/stranger.ts'), stranger)
  const { code, stdout, stderr } = await devUntil(folder, ['runs ', 'stopped: not_applied'])
  expect(stdout).toMatch(/runs .*golden-cross/)
  expect(stderr).toContain('E_UNKNOWN_INSTRUMENT: stranger cannot run')
  expect(code).toBe(0)
}, 30_000)

test('a file that comes later is submitted and runs; one that cannot be loaded stops nothing', async () => {
  const folder = await deskFolder()
  const { code, stdout, stderr } = await devUntil(folder, ['latecomer.ts changed', 'latecomer  '], async () => {
    await writeFile(join(folder, 'strategies/a-broken.ts'), strategyText('n'.repeat(101), 7))
    await writeFile(join(folder, 'strategies/latecomer.ts'), strategyText('latecomer', 7))
  })
  expect(stdout).toContain('latecomer')
  expect(stderr).toContain('a-broken.ts:3:16')
  expect(code).toBe(0)
}, 30_000)
