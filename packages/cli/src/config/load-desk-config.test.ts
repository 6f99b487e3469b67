import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { textWith } from '../testing/matchers.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import { loadDeskConfig } from './load-desk-config.ts'

const temporary = temporaryDirectories()

async function load(yaml: string | undefined, below = '') {
  const root = await temporary()
  await mkdir(join(root, below), { recursive: true })
  if (yaml !== undefined) await writeFile(join(root, 'qmtl.yml'), yaml)
  return { root, config: loadDeskConfig({ cwd: join(root, below), env: {} }) }
}

test('without a file all defaults hold, from the working directory', async () => {
  const { root, config } = await load(undefined)
  expect(config).toEqual({
    file: undefined,
    profile: 'dev',
    data_dir: join(root, '.qmtl'),
    strategies: join(root, 'strategies'),
    worlds: join(root, 'worlds'),
    gateway: { host: '127.0.0.1', port: 8000 },
    presets: { synthetic: { kind: 'synthetic', seed: 7, outages_per_year: 0 } },
    paper: { bars_per_second: 5 },
  })
})

test('paths are meant from the file, wherever below it one works', async () => {
  const yaml = 'data_dir: state\ndata:\n  presets:\n    own: { kind: csv, files: { BTC-USD.SIM: data/btc.csv } }\n'
  const { root, config } = await load(yaml, 'deep/down')
  expect(config.file).toBe(join(root, 'qmtl.yml'))
  expect(config.data_dir).toBe(join(root, 'state'))
  expect(config.presets).toEqual({
    own: { kind: 'csv', files: { 'BTC-USD.SIM': join(root, 'data/btc.csv') }, allow_gaps: false },
  })
})

test.each([
  ['an unknown key', 'gatway:\n  port: 1\n', 'qmtl.yml:1:1', "did you mean 'gateway'?"],
  ['an unknown key of a section', 'paper:\n  bars_per_seconds: 1\n', 'qmtl.yml:2:3', "did you mean 'bars_per_second'?"],
  ['an unknown kind of preset', 'data:\n  presets:\n    a: { kind: parquet }\n', 'qmtl.yml:3:10', 'must be'],
  ['a key of another kind', 'data:\n  presets:\n    a: { kind: csv, seed: 1 }\n', 'data.presets.a.seed', 'of kind csv'],
  ['csv without files', 'data:\n  presets:\n    a: { kind: csv }\n', 'data.presets.a.files', 'is required'],
  ['a port that is none', 'gateway: { port: 70000 }\n', 'qmtl.yml:1:12', 'must be <= 65535'],
])('%s is refused with its place', async (_, yaml, path, message) => {
  await expect(load(yaml)).rejects.toMatchObject({
    code: 'E_INVALID_CONFIG',
    errors: [{ path, message: textWith(message) }],
  })
})
