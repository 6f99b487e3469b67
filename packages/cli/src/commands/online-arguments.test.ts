import { describe, expect, test } from 'vitest'
import { runHere } from '../testing/run-here.ts'
import { allCommands } from './all-commands.ts'

/** Nothing is ever called at the discard port: what would reach the network ends there. */
const env = { QMTL_GATEWAY_URL: 'http://127.0.0.1:9' }

describe('before anything is sent', () => {
  test.each([
    ['world show a/b', '<world> must be a world id'],
    ['world show ..', '<world> must be a world id'],
    ['explain ..', '<strategy> must be the id or name of a strategy'],
    ['status a/b', '<strategy> must be the id or name'],
    ['status --wait 60001', '--wait must be a whole number from 0 to 60000'],
    ['status --limit 0', '--limit must be a whole number from 1 to'],
    ['submit x.ts --world a/b', '--world must be a world id'],
    ['submit x.ts --param fast', '--param must be name=value'],
    ['world create', '<world> needs an id, or a --file that names one'],
    ['world create lab --history-start 2023-01-01', '--as-of is needed where no --file says it'],
    ['world create lab --as-of 2024-01-01', '--history-start is needed where no --file says it'],
    ['world create lab --as-of yesterday', '--as-of must be a UTC time'],
    ['world create lab --as-of 2024-02-30 --history-start 2023-01-01', "'2024-02-30' is not an RFC 3339"],
    ['world create lab --fee-bps -1', '--fee-bps must be a number'],
    ['world policy lab --file p.yml --set-default 1', '--set-default does not go with --file'],
    ['world policy lab --set-default 0', '--set-default must be a whole number from 1'],
    ['world evaluate lab --stage dreams', '--stage must be backtest or paper or live'],
    ['world apply lab --domain moon', '--domain must be backtest or dryrun or shadow or live'],
    ['world apply lab --domain live', '--domain live trades real money: confirm it with --allow-live'],
    ['world apply lab --run-id a/b', '--run-id must be'],
    ['world audit lab --follow --json', '--follow does not go with --json'],
    ['world audit lab --limit 1001', '--limit must be a whole number from 1 to 1000'],
    ['world freeze lab --url desk', '--url must be an address such as'],
    ['world freeze', "missing required argument 'world'"],
    ['world list --frozen', "unknown option '--frozen'"],
  ])('qmtl %s is refused', async (line, message) => {
    const { code, stderr } = await runHere(line.split(' '), { env })
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
    expect(code).toBe(2)
  })
})

describe('where nothing listens', () => {
  test.each([
    'status',
    'explain trend',
    'world list',
    'world show lab',
    'world policy lab',
    'world evaluate lab',
    'world apply lab',
    'world freeze lab',
    'world unfreeze lab',
    'world audit lab',
    'world create lab --as-of 2024-01-01 --history-start 2023-01-01',
  ])('qmtl %s says how to start a Gateway', async (line) => {
    const { code, stderr } = await runHere(line.split(' '), { env })
    expect(stderr).toContain('E_UNAVAILABLE: no Gateway answers at http://127.0.0.1:9')
    expect(stderr).toContain('do: start one with qmtl dev')
    expect(code).toBe(1)
  })

  test('one document says it too', async () => {
    const ended = await runHere(['world', 'list', '--json'], { env })
    expect(ended.json()).toMatchObject({ error: { code: 'E_UNAVAILABLE' } })
  })
})

test('every command explains itself within 100 columns', async () => {
  for (const { name } of allCommands) {
    const { code, stdout } = await runHere([...name.split(' '), '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--json')
    expect(Math.max(...stdout.split('\n').map((line) => line.length)), name).toBeLessThanOrEqual(100)
  }
})
