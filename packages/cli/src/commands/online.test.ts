import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createSyntheticMarket } from '@qmtl/market'
import { silentLogger } from '@qmtl/service-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPlatform, type Platform } from '../platform/open-platform.ts'
import { createStrategyFolder } from '../platform/strategy-folder.ts'
import { listWith, textWith } from '../testing/matchers.ts'
import { runHere, type EndedHere, type RunHereOptions } from '../testing/run-here.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'

const examples = resolve(import.meta.dirname, '../../../../examples')
const goldenCross = join(examples, 'golden-cross.ts')
const directory = temporaryDirectories()
let platform: Platform
let cwd = ''

const worldYaml = `
world_id: lab
name: The lab
data: { preset: synthetic, as_of: 2023-06-01T00:00:00Z, history_start: 2023-01-01T00:00:00Z }
fee_bps: 5
policy:
  thresholds: { trades: { min: 1 } }
`

beforeAll(async () => {
  cwd = await directory()
  const strategies = createStrategyFolder(examples)
  await strategies.read()
  platform = await openPlatform({
    dataDir: join(cwd, '.qmtl'),
    host: '127.0.0.1',
    port: 0,
    markets: new Map([['synthetic', createSyntheticMarket({ seed: 7 })]]),
    strategies,
    log: silentLogger,
    onFault: ({ code, message }) => {
      throw new Error(`${code}: ${message}`)
    },
  })
  await writeFile(join(cwd, 'lab.yml'), worldYaml)
  await writeFile(join(cwd, 'strict.yml'), 'thresholds: { sharpe: { min: 99 } }')
  await writeFile(join(cwd, 'wrong.yml'), 'thresholds:\n  sharp: { min: 1 }\n')
  await writeFile(join(cwd, 'broken.yml'), 'top_k: { k: 0 }\n')
})

afterAll(async () => {
  await platform.stop()
})

function qmtl(line: string, options: RunHereOptions = {}): Promise<EndedHere> {
  return runHere(line.split(' '), { cwd, env: { QMTL_GATEWAY_URL: platform.url }, ...options })
}

/** The document of a command line that must end with a code. */
async function documentOf(line: string, code = 0): Promise<unknown> {
  const ended = await qmtl(`${line} --json`)
  expect(ended.code, ended.stderr).toBe(code)
  return ended.json()
}

// The tests of this file are one story and run in order: what one leaves is what the next one finds.
describe('a world', () => {
  test('is needed before a strategy can be submitted', async () => {
    expect(await documentOf(`submit ${goldenCross}`, 2)).toMatchObject({
      error: { code: 'E_WORLD_IDS_REQUIRED', message: 'there is no world yet', hint: textWith('qmtl world create') },
    })
    expect((await qmtl('world list')).stdout).toContain('there is no world yet')
  })

  test('is created from a file, with its policy; flags go first', async () => {
    expect(await documentOf('world create --file lab.yml --fee-bps 7 --policy strict.yml')).toMatchObject({
      world: { world_id: 'lab', fee_bps: 7, default_policy_version: 1, data: { preset: 'synthetic' } },
      policy: { version: 1, policy: { thresholds: { sharpe: { min: 99 } } }, status: 'ACTIVE' },
    })
  })

  test('is created once', async () => {
    expect(await documentOf('world create --file lab.yml', 1)).toMatchObject({ error: { code: 'E_WORLD_EXISTS' } })
  })

  test('is created from flags alone', async () => {
    const ended = await qmtl('world create other --as-of 2023-06-01 --history-start 2023-01-01')
    expect(ended.stdout).toBe(
      [
        '✓ world other is created, no policy yet: nobody is promoted',
        '  synthetic data, 2023-01-01 00:00 to 2023-06-01 00:00 UTC\n',
      ].join('\n'),
    )
  })

  test('stays where only its policy is refused, which is said', async () => {
    const line = 'world create half --as-of 2023-06-01 --history-start 2023-01-01 --policy wrong.yml'
    expect(await documentOf(line, 2)).toMatchObject({
      error: {
        code: 'E_INVALID_POLICY',
        message: textWith('world half was created, its policy was refused'),
        hint: textWith('qmtl world policy half --file FILE'),
      },
    })
  })

  test('that a file describes wrongly is not created', async () => {
    const line = 'world create none --as-of 2023-06-01 --history-start 2023-01-01 --policy broken.yml'
    expect(await documentOf(line, 2)).toMatchObject({ error: { message: textWith(/^broken\.yml:1:/) } })
    expect(await documentOf('world show none', 2)).toMatchObject({ error: { code: 'E_UNKNOWN_WORLD' } })
  })

  test('is listed and shown', async () => {
    expect(await documentOf('world list')).toMatchObject({
      worlds: [{ world_id: 'half' }, { world_id: 'lab' }, { world_id: 'other' }],
    })
    expect(await documentOf('world show lab')).toMatchObject({
      world: { world_id: 'lab' },
      decision: { effective_mode: 'validate', reason: textWith('no_bindings') },
      strategies: [],
      active: [],
    })
    expect((await qmtl('world show lab')).stdout).toContain('lab  The lab  active')
  })

  test('takes further policies, of which one is the default', async () => {
    await writeFile(join(cwd, 'mild.yml'), 'thresholds: { trades: { min: 1 } }')
    expect(await documentOf('world policy lab --file mild.yml')).toMatchObject({ version: 2, status: 'DRAFT' })
    expect(await documentOf('world policy lab --set-default 2')).toMatchObject({ version: 2, status: 'ACTIVE' })
    expect(await documentOf('world policy lab')).toMatchObject({ policies: [{ version: 1 }, { version: 2 }] })
    expect((await qmtl('world policy lab')).stdout).toMatch(/→ +2 +default/)
    expect(await documentOf('world policy lab --set-default 9', 2)).toMatchObject({
      error: { code: 'E_UNKNOWN_POLICY' },
    })
  })
})

describe('a strategy', () => {
  test('needs a world named where there are several', async () => {
    const { code, stderr } = await qmtl(`submit ${goldenCross}`)
    expect(stderr).toContain('there are several worlds: half, lab, other')
    expect(code).toBe(2)
  })

  test('that is only tried leaves nothing', async () => {
    expect(await documentOf(`submit ${goldenCross} --world lab --dry-run`)).toMatchObject({
      name: 'golden-cross',
      strategy_id: null,
      dry_run: true,
      reused: 0,
      plan: { plan_number: 0 },
    })
    expect(await documentOf('status')).toEqual({ strategies: [], total: 0 })
  })

  test('is submitted and planned', async () => {
    const { code, stdout } = await qmtl(`submit ${goldenCross} --world lab`)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^✓ golden-cross v1 {2}in world lab\n {2}strategy {2}\S+\n {2}plan +\d+ nodes: 0 reused, \d+ created\n/,
    )
    expect(await documentOf('status golden-cross')).toMatchObject({
      name: 'golden-cross',
      status: 'completed',
      world_ids: ['lab'],
      plan: { plan_number: 1, reused: 0 },
    })
  })

  test('that is submitted again goes on, its nodes all known', async () => {
    const again = await documentOf(`submit ${goldenCross} --world lab`)
    expect(again).toMatchObject({ duplicate: true, created: 0, status: 'completed' })
    expect((await qmtl(`submit ${goldenCross} --world lab`)).stdout).toContain('submitted before: it goes on')
  })

  test('with other parameters is another one of the same name', async () => {
    const other = await documentOf(`submit ${goldenCross} --world lab --param fast=5`)
    expect(other).toMatchObject({ duplicate: false, name: 'golden-cross' })
    const { stdout, stderr } = await qmtl('status golden-cross')
    expect(stdout).toContain('golden-cross')
    expect(stderr).toBe('')
    expect(await documentOf('status --limit 1')).toMatchObject({ total: 2, strategies: [{ plan: { reused: 2 } }] })
    expect((await qmtl('status --limit 1')).stdout).toContain('and 1 older: --limit 2')
  })

  test('that does not exist is told with the nearest name', async () => {
    const { code, stderr } = await qmtl('status golden-gross')
    expect(stderr).toContain("E_UNKNOWN_STRATEGY: no strategy 'golden-gross'; did you mean 'golden-cross'?")
    expect(code).toBe(2)
  })

  test('is looked for in a world that exists', async () => {
    for (const line of ['status --world nowhere', 'explain golden-cross --world nowhere', 'world evaluate nowhere']) {
      expect(await documentOf(line, 2)).toMatchObject({ error: { code: 'E_UNKNOWN_WORLD' } })
    }
    expect((await qmtl('status --world other')).stdout).toContain('no strategy was submitted to world other yet')
  })

  test('that is not promoted does not trade, and the first closed gate says why', async () => {
    const { code, stdout, stderr } = await qmtl('explain golden-cross --world lab')
    expect(code).toBe(1)
    expect(stdout).toContain('✗ golden-cross is not trading in world lab')
    expect(stdout).toMatch(/opens when +\S+/)
    expect(stderr).toContain('golden-cross was submitted 2 times; this is the newest')
  })
})

describe('a verdict', () => {
  test('without evidence is inconclusive, and no failure of the command', async () => {
    expect(await documentOf('world evaluate lab')).toMatchObject({
      policy_version: 2,
      verdicts: [{ outcome: 'inconclusive' }, { outcome: 'inconclusive' }],
    })
    expect((await qmtl('world evaluate lab')).stdout).toContain('? golden-cross~')
  })

  test('shows gates and statistics once there is evidence', async () => {
    await platform.gateway.submit({
      body: { dag: (await strategyAt('trend-rsi.ts')).dag, world_ids: ['lab'] },
    })
    await qmtl('status trend-rsi --wait 5000')
    const runner = platform.runnerOf('lab')
    await runner.refresh({})
    await runner.gatherEvidence({})
    const { code, stdout } = await qmtl('world evaluate lab')
    expect(code).toBe(0)
    expect(stdout).toMatch(/✓ trend-rsi {2}pass/)
    expect(stdout).toMatch(/✓ +trades >= 1 +\d+ +>= 1 +\d+/)
    expect(stdout).toMatch(/total_return +-?\d+\.\d\d %/)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  test('by a policy that is only tried changes nothing', async () => {
    const { stdout } = await qmtl('world evaluate lab --policy strict.yml')
    expect(stdout).toContain('policy strict.yml (tried, not stored)')
    expect(stdout).toMatch(/✗ +sharpe >= 99/)
    expect(await documentOf('world policy lab')).toMatchObject({ policies: [{ version: 1 }, { version: 2 }] })
  })

  test('by a policy with an unknown statistic is refused', async () => {
    expect(await documentOf('world evaluate lab --policy wrong.yml', 2)).toMatchObject({
      error: { code: 'E_INVALID_POLICY', message: textWith('sharp') },
    })
  })
})

describe('an apply', () => {
  test('promotes by hand, tells of its stages and names who is active', async () => {
    const { code, stdout } = await qmtl('world apply lab --run-id r-1 --activate trend-rsi')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^apply r-1 of world lab\n {2}requested +\+0 ms/)
    expect(stdout).toMatch(/freeze[^]*switch[^]*unfreeze[^]*completed/)
    expect(stdout.match(/^ {2}switch /gm)).toHaveLength(1)
    expect(stdout).toContain('✓ world lab is applied (completed)\n  active  trend-rsi\n  run     r-1')
  })

  test('is idempotent by its run id, and another request under it is refused', async () => {
    const again = await documentOf('world apply lab --run-id r-1 --activate trend-rsi')
    expect(again).toMatchObject({ ok: true, run_id: 'r-1', phase: 'completed' })
    expect(await documentOf('world apply lab --run-id r-1', 1)).toMatchObject({ error: { code: 'E_RUN_ID_REUSED' } })
  })

  test('keeps stdout one document while stderr tells of the stages', async () => {
    const ended = await qmtl('world apply lab --run-id r-2 --deactivate trend-rsi --activate golden-cross --json')
    expect(ended.json()).toMatchObject({ run_id: 'r-2', active: [textWith(/\S/)] })
    expect(ended.stderr).toContain('apply r-2 of world lab')
  })

  test('of a strategy that the world does not have is refused', async () => {
    expect(await documentOf('world apply lab --activate breakout', 2)).toMatchObject({
      error: { code: 'E_UNKNOWN_STRATEGY', message: textWith("no strategy 'breakout' in world lab") },
    })
  })

  test('to live is refused by a world that does not allow it', async () => {
    expect(await documentOf('world apply lab --domain live --allow-live', 1)).toMatchObject({
      error: { code: 'E_PERMISSION_DENIED' },
    })
  })

  test('that decides by the policy promotes everybody who passes, and then they trade', async () => {
    const applied = await documentOf('world apply lab')
    expect(applied).toMatchObject({ ok: true, run_id: textWith(/^apply-/) })
    const { code, stdout } = await qmtl('explain trend-rsi')
    expect(stdout).toContain('✓ trend-rsi is trading in world lab')
    expect(code).toBe(0)
  })
})

describe('a freeze', () => {
  test('returns with the epoch and how each gate stopped', async () => {
    const { code, stdout } = await qmtl('world freeze lab --reason drill')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^✓ world lab is frozen under epoch \d+, in [\d,.]+ (ms|s)/)
    expect(stdout).toContain('on the wire before  nothing')
  })

  test('is the first closed gate from then on', async () => {
    expect(await documentOf('explain trend-rsi', 1)).toMatchObject({
      trading: false,
      first_closed: { gate: 'freeze', reason: 'world_frozen' },
    })
  })

  test('is done again without harm', async () => {
    expect(await documentOf('world freeze lab')).toMatchObject({ frozen: true })
  })

  test('ends with a release', async () => {
    const { code, stdout } = await qmtl('world unfreeze lab')
    expect(code).toBe(0)
    expect(stdout).toContain('✓ world lab is released under epoch')
    expect(await documentOf('world list')).toMatchObject({
      worlds: listWith(expect.objectContaining({ frozen: false })),
    })
  })
})

describe('the audit', () => {
  test('shows the newest entries, and older ones from where one says', async () => {
    expect((await qmtl('world audit lab --limit 2')).stdout).toMatch(/ older: [^\n]*\n[^\n]*\n[^\n]*world_unfrozen/)
    expect(await documentOf('world audit lab --after 0 --limit 1')).toMatchObject({
      entries: [{ seq: 1, event: 'world_created' }],
      next_after: 1,
    })
    expect(await documentOf('world audit lab --after 999999')).toMatchObject({ entries: [] })
  })

  test('calls strategies by their names', async () => {
    const { stdout } = await qmtl('world audit lab --event apply_stage')
    expect(stdout).toContain('target=trend-rsi')
  })

  test('shows one event', async () => {
    const { stdout } = await qmtl('world audit lab --event policy_default_set')
    expect(stdout).toMatch(/^ +\d+ {2}[\d-]+ [\d:]+ {2}policy_default_set by \S+ /)
  })

  test('is followed until Ctrl-C', async () => {
    const interrupt = new AbortController()
    let seen = ''
    const onOutput = (text: string) => {
      seen += text
      if (seen.includes('policy_default_set')) interrupt.abort()
    }
    const options = { signal: interrupt.signal, onOutput, env: { QMTL_GATEWAY_URL: platform.url } }
    const following = qmtl('world audit lab --after 999999 --follow', options)
    const ended = qmtl('world audit lab --follow', { ...options, onOutput })
    expect((await ended).code).toBe(130)
    expect((await following).code).toBe(130)
  })
})

async function strategyAt(name: string) {
  const { loadStrategy } = await import('@qmtl/sdk')
  return loadStrategy(join(examples, name))
}
