import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockSqliteFile } from '@qmtl/service-kit'
import { describe, expect, test } from 'vitest'
import { anyNumber, textWith } from '../testing/matchers.ts'
import { runHere } from '../testing/run-here.ts'
import { buildsQmtl, runQmtl } from '../testing/run-qmtl.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'

buildsQmtl()
const temporary = temporaryDirectories()

/** Rows of a wave, from 2024 on; `shift` moves its prices. */
function csv({ count = 240, stepMs = 3_600_000, shift = 0, from = 0 } = {}): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const ts = new Date(Date.UTC(2024, 0, 1) + (from + index) * stepMs).toISOString().replace('.000', '')
    const price = Math.round(10_000 + 2_000 * Math.sin(((from + index) * Math.PI) / 20)) / 100 + shift
    return `${ts},${price},${price + 1},${price - 1},${price},10`
  })
  return ['ts,open,high,low,close,volume', ...rows, ''].join('\n')
}

const cross = (instruments: readonly string[]): string => `
import { bars, crossover, positionTarget, sma, strategy } from '@qmtl/sdk'
export default strategy({
  name: 'cross',
  build() {
    return ${JSON.stringify(instruments)}.map((instrument) => {
      const price = bars({ instrument, interval: '1h' })
      return positionTarget({ instrument, signal: crossover(price.close, sma(price.close, 5)), long: 0.5 })
    })
  },
})
`

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporary()
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}

const importing = ['data', 'import', 'bars.csv', '--instrument', 'BTC-USD.SIM']

describe('qmtl data', () => {
  test('imports, lists, verifies and exports the same bytes', async () => {
    const cwd = await folderWith({ 'bars.csv': csv() })
    const imported = await runHere([...importing, '--json'], { cwd })
    expect(imported).toMatchObject({ code: 0, stderr: '' })
    expect(imported.json()).toMatchObject({
      change: 'created',
      added: 240,
      stored: {
        instrument: 'BTC-USD.SIM',
        interval: '1h',
        rows: 240,
        first_ts: '2024-01-01T00:00:00Z',
        last_ts: '2024-01-10T23:00:00Z',
        gaps: { count: 0, missing_bars: 0 },
        fingerprint: textWith(/^lake:blake3:[0-9a-f]{64}$/),
        origins: [{ file: 'bars.csv', hash: textWith(/^blake3:/), bytes: anyNumber, rows: 240 }],
      },
    })
    const list = await runHere(['data', 'list', '--json'], { cwd })
    expect(list.json()).toMatchObject({ store: '.qmtl/data', stored: [{ instrument: 'BTC-USD.SIM', interval: '1h' }] })
    expect((await runHere(['data', 'list'], { cwd })).stdout).toContain(
      '2024-01-01 00:00 to 2024-01-11 00:00 UTC  bars.csv',
    )
    const verified = await runHere(['data', 'verify', '--json'], { cwd })
    expect(verified).toMatchObject({ code: 0 })
    expect(verified.json()).toMatchObject({ is_sound: true, checked: [{ rows: 240, faults: [] }] })
    const exported = await runHere(['data', 'export', 'BTC-USD.SIM', '--out', 'out.csv'], { cwd })
    expect(exported).toMatchObject({ code: 0, stdout: 'wrote 240 bars of BTC-USD.SIM 1h to out.csv\n' })
    expect(await readFile(join(cwd, 'out.csv'), 'utf8')).toBe(csv())
  })

  test('exports a range', async () => {
    const cwd = await folderWith({ 'bars.csv': csv() })
    await runHere(importing, { cwd })
    await runHere(['data', 'export', 'BTC-USD.SIM', '--out', 'day.csv', '--from', '2024-01-02', '--to', '2024-01-03'], {
      cwd,
    })
    expect(await readFile(join(cwd, 'day.csv'), 'utf8')).toBe(csv({ from: 24, count: 24 }))
  })

  test('refuses other bars, and adds or replaces on request', async () => {
    const cwd = await folderWith({
      'bars.csv': csv(),
      'more.csv': csv({ from: 200, count: 100 }),
      'other.csv': csv({ shift: 1 }),
    })
    await runHere(importing, { cwd })
    const more = ['data', 'import', 'more.csv', '-i', 'BTC-USD.SIM']
    const refused = await runHere(more, { cwd })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('E_DATA_EXISTS: the store has other bars of BTC-USD.SIM 1h: 240 from')
    expect(refused.stderr).toContain('--merge')
    expect((await runHere([...more, '--merge', '--json'], { cwd })).json()).toMatchObject({
      change: 'merged',
      added: 60,
    })
    const conflict = await runHere(['data', 'import', 'other.csv', '-i', 'BTC-USD.SIM', '--merge'], { cwd })
    expect(conflict.code).toBe(2)
    expect(conflict.stderr).toContain('2024-01-01T00:00:00Z/open')
    const replaced = await runHere(['data', 'import', 'other.csv', '-i', 'BTC-USD.SIM', '--replace'], { cwd })
    expect(replaced.stdout).toContain('240 bars stored in the place of others')
    expect((await runHere([...importing, '--merge', '--replace'], { cwd })).code).toBe(2)
  })

  test('names every bad cell of a file and stores nothing', async () => {
    const bad = csv().replace('T02:00:00Z,', 'T02:00:00Z,x').replace('T04:00:00Z', 'T04:00')
    const cwd = await folderWith({ 'bars.csv': bad })
    const ended = await runHere([...importing, '--json'], { cwd })
    expect(ended.code).toBe(2)
    expect(ended.json()).toMatchObject({
      error: { code: 'E_INVALID_DATA', errors: [{ path: 'bars.csv:4:2' }, { path: 'bars.csv:6:1' }] },
    })
    expect((await runHere(['data', 'list', '--json'], { cwd })).json()).toEqual({ store: '.qmtl/data', stored: [] })
  })

  test('reads files of other layouts as the options say', async () => {
    const rows = csv({ count: 60, stepMs: 60_000 }).trim().split('\n').slice(1)
    const odd = rows.map((row) => {
      const [ts = '', ...numbers] = row.split(',')
      const day = `${ts.slice(8, 10)}.${ts.slice(5, 7)}.${ts.slice(0, 4)}`
      return [day, ts.slice(11, 16), ...numbers.map((text) => text.replace('.', ','))].join(';')
    })
    const cwd = await folderWith({ 'odd.csv': ['Tag;Zeit;O;H;L;C;V', ...odd].join('\n'), 'bars.csv': csv() })
    const layout = ['--map', 'ts=Tag+Zeit', '--delimiter', 'semicolon', '--decimal-comma', '--time', 'DD.MM.YYYY HH:mm']
    const args = ['data', 'import', 'odd.csv', '-i', 'BTC-USD.SIM', '--json', ...layout]
    expect((await runHere(args, { cwd })).json()).toMatchObject({
      stored: { interval: '1m', rows: 60, first_ts: '2024-01-01T00:00:00Z' },
    })
    const zoned = [...args, '--time-zone', 'Asia/Tokyo', '--replace']
    expect((await runHere(zoned, { cwd })).json()).toMatchObject({ stored: { first_ts: '2023-12-31T15:00:00Z' } })
    const closes = [...args, '--close-times', '--interval', '1m', '--replace']
    expect((await runHere(closes, { cwd })).json()).toMatchObject({ stored: { first_ts: '2023-12-31T23:59:00Z' } })
    await runHere(['data', 'export', 'BTC-USD.SIM', '--out', 'out.csv'], { cwd })
    expect(await readFile(join(cwd, 'out.csv'), 'utf8')).toContain('2023-12-31T23:59:00Z,100,101,99,100,10\n')
  })

  test('tells the coverage of bars by the calendar of their venue', async () => {
    const bars = csv({ stepMs: 60_000, count: 60 }).replaceAll('2024-01-01T00:', '2024-11-29T17:').split('\n')
    const cwd = await folderWith({ 'bars.csv': [...bars.slice(0, 20), ...bars.slice(25)].join('\n') })
    await runHere(['data', 'import', 'bars.csv', '-i', 'ACME.XNYS'], { cwd })
    const range = ['--from', '2024-11-27T20:55:00Z', '--to', '2024-12-01']
    const ended = await runHere(['data', 'coverage', 'ACME.XNYS', '--json', ...range], { cwd })
    expect(ended.json()).toMatchObject({
      coverage: [
        {
          instrument: 'ACME.XNYS',
          interval: '1m',
          calendar: 'XNYS',
          bars: 55,
          expected_bars: 5 + 210,
          missing_bars: 5 + 150 + 5,
          outside_bars: 0,
          coverage: 55 / 215,
          gap_counts: { missing: 2, holiday: 0, 'special-hours': 1, closed: 0 },
          gaps: [
            { cause: 'missing', missing_bars: 155, notes: ['2024-11-28 closed: Thanksgiving Day'] },
            { from: '2024-11-29T17:19:00Z', to: '2024-11-29T17:24:00Z', cause: 'missing', missing_bars: 5 },
            { cause: 'special-hours', notes: ['2024-11-29 early close: Day after Thanksgiving'] },
          ],
        },
      ],
    })
    const { stdout } = await runHere(['data', 'coverage', 'ACME.XNYS', '--calendar', '24/7'], { cwd })
    expect(stdout).toContain('ACME.XNYS 1m  91.67 % covered')
    expect(stdout).toContain('2024-11-29 17:19  2024-11-29 17:24        5  missing')
    expect((await runHere(['data', 'coverage', '--calendar', 'XNYX'], { cwd })).stderr).toContain(
      `did you mean 'XNYS'?`,
    )
  })

  test('rolls stored bars up and stores them beside', async () => {
    const cwd = await folderWith({ 'bars.csv': csv() })
    await runHere(importing, { cwd })
    const rollup = ['data', 'rollup', 'BTC-USD.SIM', '--interval', '4h', '--json']
    const made = await runHere(rollup, { cwd })
    expect(made.json()).toMatchObject({
      change: 'created',
      added: 60,
      outside_bars: 0,
      stored: { interval: '4h', rows: 60, origins: [{ file: 'BTC-USD.SIM 1h', rows: 240 }] },
    })
    expect((await runHere(rollup, { cwd })).json()).toMatchObject({ change: 'unchanged' })
    expect((await runHere(['data', 'verify', 'BTC-USD.SIM'], { cwd })).code).toBe(0)
    await runHere(['data', 'export', 'BTC-USD.SIM', '--interval', '4h', '--out', 'out.csv'], { cwd })
    expect(await readFile(join(cwd, 'out.csv'), 'utf8')).toContain(
      '2024-01-01T04:00:00Z,111.76,118.82,110.76,117.82,40\n',
    )
    const none = await runHere(['data', 'rollup', 'BTC-USD.SIM', '--interval', '7h'], { cwd })
    expect(none.stderr).toContain('E_DATA_INTERVAL: a day is not a whole number of 7h')
  })

  test('adjusts exported bars for the stored corporate actions', async () => {
    const days = csv({ stepMs: 86_400_000, count: 12 })
    const actions = 'ex_date,kind,value\n2024-01-09,split,2\n2024-01-11,dividend,1\n'
    const cwd = await folderWith({
      'bars.csv': days,
      'actions.csv': actions,
      'bad.csv': 'ex_date,kind,value\n2024,x,0\n',
    })
    await runHere(['data', 'import', 'bars.csv', '-i', 'ACME.XNYS'], { cwd })
    const stored = await runHere(['data', 'actions', 'ACME.XNYS', 'actions.csv'], { cwd })
    expect(stored.stdout).toBe('stored 2 actions of ACME.XNYS\n')
    expect((await runHere(['data', 'actions', 'ACME.XNYS', '--json'], { cwd })).json()).toEqual({
      instrument: 'ACME.XNYS',
      actions: [
        { ex_date: '2024-01-09', kind: 'split', value: 2 },
        { ex_date: '2024-01-11', kind: 'dividend', value: 1 },
      ],
    })
    const bad = await runHere(['data', 'actions', 'ACME.XNYS', 'bad.csv'], { cwd })
    expect(bad.stderr).toContain(`bad.csv: line 2, column 1: '2024' is not a date`)
    const exporting = ['data', 'export', 'ACME.XNYS', '--out', 'out.csv']
    await runHere([...exporting, '--adjust', 'splits'], { cwd })
    const adjusted = await readFile(join(cwd, 'out.csv'), 'utf8')
    expect(adjusted).toContain('2024-01-08T00:00:00Z,58.91,59.41,58.41,58.91,20\n2024-01-09T00:00:00Z,119.02,')
    await runHere([...exporting, '--adjust', 'all', '--from', '2024-01-10'], { cwd })
    const close = Number((await readFile(join(cwd, 'out.csv'), 'utf8')).split('\n')[1]?.split(',')[4])
    expect(close).toBeCloseTo(119.75 - 1, 10)
    await runHere(exporting, { cwd })
    expect(await readFile(join(cwd, 'out.csv'), 'utf8')).toBe(days)
  })

  test('names the bytes that a disk has changed, with exit 1', async () => {
    const cwd = await folderWith({ 'bars.csv': csv() })
    await runHere(importing, { cwd })
    const place = join(cwd, '.qmtl/data/bars/BTC-USD.SIM/1h')
    const columns = (await readdir(place)).find((name) => name !== 'manifest.json') ?? ''
    const file = join(place, columns, 'volume.f64')
    const bytes = await readFile(file)
    bytes[0] = 1
    await writeFile(file, bytes)
    const changed = await runHere(['data', 'verify', 'BTC-USD.SIM'], { cwd })
    expect(changed.code).toBe(1)
    expect(changed.stdout).toContain('fingerprint is "lake:blake3:')
    bytes.writeDoubleLE(-1, 80)
    await writeFile(file, bytes)
    expect((await runHere(['data', 'verify'], { cwd })).stdout).toContain('2024-01-01T10:00:00Z is no sound bar')
    await truncate(file, 8)
    expect((await runHere(['data', 'verify'], { cwd })).stderr).toContain('volume.f64 has 8 bytes, not 1920')
  })

  test.each([
    [['data', 'import', 'bars.csv'], '--instrument is required'],
    [['data', 'import', 'bars.csv', '-i', 'BTC'], 'must be an instrument SYMBOL.VENUE'],
    [['data', 'import', 'none.csv', '-i', 'A.B'], 'E_FILE: none.csv cannot be read'],
    [['data', 'import', 'bars.csv', '-i', 'A.B', '--map', 'price=x'], 'must be FIELD=COLUMN'],
    [['data', 'import', 'bars.csv', '-i', 'A.B', '--close-times'], 'E_DATA_INTERVAL: times that are closes'],
    [['data', 'import', 'bars.csv', '-i', 'A.B', '--map', 'ts=When'], `no column 'When' for ts`],
    [['data', 'import', 'bars.csv', '-i', 'A.B', '--interval', '1w'], 'must be an interval such as 1m'],
    [
      ['data', 'import', 'bars.csv', '-i', 'A.B', '--interval', '1m'],
      'E_DATA_INTERVAL: bars.csv: the bars are of 1h, not of 1m',
    ],
    [['data', 'export', 'BTC-USD.SIN', '--out', 'x.csv'], `did you mean 'BTC-USD.SIM'?`],
    [['data', 'export', 'BTC-USD.SIM', '--interval', '1m', '--out', 'x.csv'], 'it has BTC-USD.SIM in 1h'],
    [['data', 'export', 'BTC-USD.SIM', '--out', 'no/x.csv'], 'cannot be written'],
  ])('%j is refused', async (args, text) => {
    const cwd = await folderWith({ 'bars.csv': csv() })
    await runHere(importing, { cwd })
    const ended = await runHere(args, { cwd })
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(text)
  })

  test('refuses to write while another process does, naming it', async () => {
    const cwd = await folderWith({ 'bars.csv': csv() })
    await runHere(importing, { cwd })
    const unlock = lockSqliteFile(join(cwd, '.qmtl/data/writer'))
    const ended = await runQmtl([...importing, '--replace'], { cwd })
    unlock()
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(`is in use by process ${process.pid}`)
    expect((await runQmtl([...importing, '--replace'], { cwd })).code).toBe(0)
  })
})

describe('qmtl backtest without --data', () => {
  const run = async (cwd: string, ...more: readonly string[]) =>
    runHere(['backtest', 'cross.ts', '--json', ...more], { cwd })

  test('reads the stored bars of its instrument and interval', async () => {
    const cwd = await folderWith({ 'bars.csv': csv(), 'cross.ts': cross(['BTC-USD.SIM']) })
    const synthetic = { data: [{ source: 'synthetic market, seed 7' }] }
    expect((await run(cwd)).json()).toMatchObject(synthetic)
    await runHere(importing, { cwd })
    const stored = await run(cwd)
    expect(stored.json()).toMatchObject({ data: [{ bars: 240, source: 'local store' }] })
    const fingerprint = (json: unknown) => (json as { data: { fingerprint: string }[] }).data[0]?.fingerprint
    expect(fingerprint(stored.json())).toBe(fingerprint((await run(cwd, '--data', 'bars.csv')).json()))
    expect((await run(cwd, '--from', '2024-01-03')).json()).toMatchObject({ data: [{ bars: 192 }] })
    expect((await run(cwd, '--from', '2025-01-03')).stderr).toContain(
      'no bar of BTC-USD.SIM 1h between --from and --to',
    )
    expect((await run(cwd, '--seed', '7')).json()).toMatchObject(synthetic)
  })

  test('never mixes stored bars with synthetic ones', async () => {
    const cwd = await folderWith({ 'bars.csv': csv(), 'cross.ts': cross(['BTC-USD.SIM', 'ETH-USD.SIM']) })
    await runHere(importing, { cwd })
    const ended = await run(cwd)
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('the store has BTC-USD.SIM 1h, and no bars of ETH-USD.SIM 1h')
  })

  test('refuses stored bars with gaps unless they are allowed', async () => {
    const lines = csv().split('\n')
    const cwd = await folderWith({ 'bars.csv': lines.toSpliced(30, 2).join('\n'), 'cross.ts': cross(['BTC-USD.SIM']) })
    await runHere(importing, { cwd })
    expect((await run(cwd)).stderr).toContain('2 bars missing in 1 place of the store, first from 2024-01-02T05:00:00Z')
    expect((await run(cwd, '--allow-gaps')).code).toBe(0)
  })
})

test('an import that is killed at any moment leaves the old bars or the new ones, and the next one works', async () => {
  const cwd = await folderWith({
    'a.csv': csv({ stepMs: 60_000, count: 60_000 }),
    'b.csv': csv({ stepMs: 60_000, count: 50_000, shift: 1 }),
  })
  const args = (file: string) => ['data', 'import', file, '-i', 'BTC-USD.SIM', '--replace']
  const startedMs = performance.now()
  expect((await runQmtl(args('a.csv'), { cwd })).code).toBe(0)
  const wholeMs = performance.now() - startedMs
  const seen = new Set<number>()
  for (let round = 0; round < 12; round++) {
    const file = round % 2 === 0 ? 'b.csv' : 'a.csv'
    const ended = await runQmtl(args(file), { cwd, killAfterMs: wholeMs * (0.3 + round * 0.06) })
    if (ended.code !== null) expect(ended.code).toBe(0)
    const verified = await runHere(['data', 'verify', '--json'], { cwd })
    expect(verified.code).toBe(0)
    const { checked } = verified.json() as { checked: { rows: number }[] }
    seen.add(checked[0]?.rows ?? 0)
  }
  expect([...seen].every((rows) => rows === 60_000 || rows === 50_000)).toBe(true)
  expect((await runQmtl(args('b.csv'), { cwd })).code).toBe(0)
  const place = join(cwd, '.qmtl/data')
  expect(await readdir(join(place, 'bars/BTC-USD.SIM/1m'))).toHaveLength(2)
  expect((await readdir(place)).includes('drafts')).toBe(false)
  expect((await stat(join(place, 'bars/BTC-USD.SIM/1m/manifest.json'))).size).toBeGreaterThan(0)
}, 120_000)
