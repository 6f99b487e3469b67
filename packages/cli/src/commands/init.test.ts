import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { loadDeskConfig } from '../config/load-desk-config.ts'
import { readWorldFile } from '../config/world-file.ts'
import { textWith } from '../testing/matchers.ts'
import { buildsQmtl, runQmtl, runQmtlJson } from '../testing/run-qmtl.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'

buildsQmtl()
const temporary = temporaryDirectories()
const root = resolve(import.meta.dirname, '../../../..')

test('init makes a folder of plain files and says what to do next', async () => {
  const cwd = await temporary()
  const { code, stdout } = await runQmtl(['init', 'demo'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain(`made ${join(cwd, 'demo')}`)
  expect(stdout).toMatch(/next\n {2}cd demo\n {2}qmtl backtest strategies\/golden-cross\.ts .*\n {2}qmtl dev /)
  expect(await readdir(join(cwd, 'demo'))).toEqual([
    '.gitignore',
    'README.md',
    'qmtl.yml',
    'strategies',
    'tsconfig.json',
    'worlds',
  ])
})

test('what init makes is valid: configuration, world, strategies and their types', async () => {
  const cwd = await temporary()
  const { json } = await runQmtlJson(['init', 'demo'], { cwd })
  expect(json).toMatchObject({ directory: join(cwd, 'demo'), next: ['cd demo', textWith('backtest'), 'qmtl dev'] })
  const folder = join(cwd, 'demo')

  const config = loadDeskConfig({ cwd: folder, env: {} })
  const defaults = loadDeskConfig({ cwd: await temporary(), env: {} })
  expect(config.file).toBe(join(folder, 'qmtl.yml'))
  expect({ ...config.gateway, ...config.paper }).toEqual({ ...defaults.gateway, ...defaults.paper })
  expect(config.presets).toEqual(defaults.presets)

  const { world, policy } = await readWorldFile(join(config.worlds, 'desk.yml'))
  expect(config.presets).toHaveProperty(world.data.preset)
  expect(policy?.top_k).toEqual({ k: 2 })

  const files = await readdir(config.strategies)
  expect(files.length).toBeGreaterThanOrEqual(3)
  const compile = [join(root, 'node_modules/ts7/bin/tsc'), '-p', folder]
  await expect(promisify(execFile)(process.execPath, compile)).resolves.toMatchObject({ stdout: '' })
})

test('a backtest runs in the new folder as it is, and a comment does not change it', async () => {
  const cwd = await temporary()
  await runQmtl(['init', 'demo'], { cwd })
  const folder = join(cwd, 'demo')
  const args = ['backtest', 'strategies/trend-rsi.ts', '--to', '2023-03-01', '--json']
  const first = await runQmtl(args, { cwd: folder })
  expect(first.code).toBe(0)
  const file = join(folder, 'strategies/trend-rsi.ts')
  await writeFile(file, `// my version\n${await readFile(file, 'utf8')}`)
  expect((await runQmtl(args, { cwd: folder })).stdout).toBe(first.stdout)
})

test('a folder that holds something is refused and left alone', async () => {
  const cwd = await temporary()
  await mkdir(join(cwd, 'demo'))
  await writeFile(join(cwd, 'demo', 'notes.txt'), 'mine')
  const { ended, json } = await runQmtlJson(['init', 'demo'], { cwd })
  expect(ended.code).toBe(2)
  expect(json).toMatchObject({ error: { code: 'E_FILE', message: textWith('is not empty: it holds notes.txt') } })
  expect(await readdir(join(cwd, 'demo'))).toEqual(['notes.txt'])
})

test('a fresh repository is empty enough, and so is the working directory', async () => {
  const cwd = await temporary()
  await mkdir(join(cwd, '.git'))
  const { code, stdout } = await runQmtl(['init', '.'], { cwd })
  expect(code).toBe(0)
  expect(stdout).not.toContain('cd ')
  expect(await readdir(cwd)).toContain('qmtl.yml')
})

test.each([
  ['a file', ['init', 'file.txt'], 'E_FILE', 'is a file'],
  ['no name, where nobody can be asked', ['init'], 'E_USAGE', '<dir> is needed'],
])('%s is refused', async (_, args, code, message) => {
  const cwd = await temporary()
  await writeFile(join(cwd, 'file.txt'), 'mine')
  const { ended, json } = await runQmtlJson(args, { cwd })
  expect(ended.code).toBe(2)
  expect(json).toMatchObject({ error: { code, message: textWith(message) } })
  expect(await readdir(cwd)).toEqual(['file.txt'])
})
