import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { buildsQmtl, runQmtl } from './testing/run-qmtl.ts'
import { temporaryDirectories } from './testing/temporary-directories.ts'

buildsQmtl()
const temporary = temporaryDirectories()

// `import type`, and imports within `run`, cost nothing before a command runs.
const staticImport = /^(?:import|export) (?!type )[^'"]*?from '([^']+)'/gm

async function packagesLoaded(file: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = await readFile(file, 'utf8')
  for (const [, name = ''] of text.matchAll(staticImport)) {
    if (name.startsWith('.')) await packagesLoaded(join(dirname(file), name), seen)
    else seen.add(name)
  }
  return seen
}

test('nothing but commander is loaded before a command runs, so that qmtl --help is quick', async () => {
  const loaded = await packagesLoaded(join(import.meta.dirname, 'main.ts'))
  const packages = [...loaded].filter((name) => !name.endsWith('.ts') && !name.startsWith('node:'))
  expect(packages).toEqual(['commander'])
})

test('the process prints help and ends with 0, and with 2 on misuse', async () => {
  expect(await runQmtl(['--help'])).toMatchObject({ code: 0, stderr: '' })
  expect(await runQmtl(['nothing'])).toMatchObject({ code: 2, stdout: '' })
})

test('Ctrl-C ends a command with 130', async () => {
  const cwd = await temporary()
  await writeFile(
    join(cwd, 'endless.ts'),
    "console.error('loading'); await new Promise((done) => setTimeout(done, 1e6))\n",
  )
  const ended = await runQmtl(['backtest', 'endless.ts'], { cwd, interruptAt: 'loading' })
  expect(ended).toEqual({ code: 130, stdout: '', stderr: 'loading\n' })
})
