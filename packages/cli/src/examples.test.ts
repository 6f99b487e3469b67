import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadStrategy } from '@qmtl/sdk'
import { coreStatisticNames } from '@qmtl/statistics'
import { runHere } from './testing/run-here.ts'

const folder = resolve(import.meta.dirname, '../../../examples')
const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'))

interface Report {
  readonly statistics: Readonly<Record<string, { readonly value: number | null }>>
  readonly marks: readonly string[]
}

async function backtest(file: string, ...flags: readonly string[]): Promise<Report> {
  const ended = await runHere(['backtest', resolve(folder, file), ...flags, '--json'])
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  return ended.json() as Report
}

describe('the examples', () => {
  test.each(files)('%s is short, trades on the synthetic market and gives every core statistic', async (file) => {
    expect((await readFile(resolve(folder, file), 'utf8')).split('\n').length).toBeLessThanOrEqual(40)
    const { statistics } = await backtest(file)
    expect(statistics['trades']?.value).toBeGreaterThan(10)
    expect(coreStatisticNames.filter((name) => typeof statistics[name]?.value !== 'number')).toEqual([])
  })

  test('share nodes', async () => {
    const loaded = await Promise.all(files.map((file) => loadStrategy(resolve(folder, file))))
    const ids = loaded.flatMap(({ nodes }) => nodes.map(({ id }) => id))
    expect(new Set(ids).size).toBeLessThanOrEqual(ids.length - 6)
  })

  test('fast-flip trades so often that it loses most of its money', async () => {
    const costly = await backtest('fast-flip.ts')
    expect(costly.statistics['total_return']?.value).toBeLessThan(-0.5)
    const { statistics } = await backtest('golden-cross.ts')
    expect(statistics['total_return']?.value).toBeGreaterThan(0)
    expect(costly.statistics['trades']?.value).toBeGreaterThan(10 * (statistics['trades']?.value ?? 0))
  })

  test('another seed is another market', async () => {
    const [one, other] = await Promise.all([backtest('golden-cross.ts'), backtest('golden-cross.ts', '--seed', '2')])
    expect(other.statistics).not.toEqual(one.statistics)
  })
})
