import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anyNumber } from './testing/matchers.ts'
import { runHere } from './testing/run-here.ts'

const guide = await readFile(resolve(import.meta.dirname, '../../../docs/sdk-guide.md'), 'utf8')

interface Snippet {
  readonly name: string
  /** The code of the error that it is to be refused with; nothing for one that runs. */
  readonly refusal: string | undefined
  readonly code: string
}

const snippets = Array.from(
  guide.matchAll(/```ts(?: refused (\w+))?\n([^]*?)```/g),
  ([, refusal, code = '']): Snippet => {
    return { name: /strategy\(\{\s+name: '([^']+)'/.exec(code)?.[1] ?? '', refusal, code }
  },
)

describe('the guide', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qmtl-guide-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function backtest({ name, code }: Snippet) {
    const file = join(folder, `${name}.ts`)
    await writeFile(file, code)
    return runHere(['backtest', file, '--json'])
  }

  test('teaches each concept with a snippet of its own name', () => {
    expect(snippets.length).toBeGreaterThanOrEqual(8)
    expect(new Set(snippets.map(({ name }) => name)).size).toBe(snippets.length)
  })

  test.each(snippets.filter(({ refusal }) => refusal === undefined))('$name runs and trades', async (snippet) => {
    const ended = await backtest(snippet)
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.json()).toMatchObject({ statistics: { trades: { value: anyNumber } } })
  })

  test.each(snippets.filter(({ refusal }) => refusal !== undefined))('$name is refused: $refusal', async (snippet) => {
    const ended = await backtest(snippet)
    expect(ended.code).toBe(2)
    expect(ended.json()).toMatchObject({ error: { code: snippet.refusal } })
  })
})
