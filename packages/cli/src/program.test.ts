import { QmtlError } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import type { Screen } from './output/screen.ts'
import { defineCommand, type Command } from './command/define-command.ts'
import { Misuse } from './command/misuse.ts'
import {
  anyText,
  assignment,
  decimalBetween,
  defaulted,
  oneOf,
  optional,
  repeated,
  toggle,
  wholeBetween,
} from './command/options.ts'
import { runProgram } from './program.ts'

const options = {
  many: repeated('-m, --many <TEXT>', 'texts', anyText),
  pairs: repeated('--set <NAME=VALUE>', 'values', assignment),
  limit: defaulted('-n, --limit <N>', 'count', '20', wholeBetween(1, 100)),
  rate: optional('--rate <BPS>', 'rate', decimalBetween(0, 10)),
  mode: optional('--mode <MODE>', 'mode', oneOf(['fast', 'slow'])),
  dryRun: toggle('--dry-run', 'plan only'),
}

const echo = defineCommand({
  name: 'echo',
  summary: 'tell what was read',
  args: [
    { name: '<word>', doc: 'a word' },
    { name: '[more...]', doc: 'more words' },
  ],
  options,
  examples: ['qmtl echo hello'],
  run: async (context, { args, options: values }) => {
    context.say('working')
    return { json: { args, ...values }, text: () => args.join(' ') }
  },
})

/** A command `fail` of the group `group` that throws. */
function failing(thrown: unknown): Command {
  return defineCommand({
    name: 'group fail',
    summary: 'fail',
    options: {},
    run: () => Promise.reject(thrown instanceof Error ? thrown : new Error(String(thrown))),
  })
}

interface Surroundings {
  readonly commands?: readonly Command[]
  readonly env?: Readonly<Record<string, string>>
  readonly isTerminal?: boolean
  readonly signal?: AbortSignal
}

async function run(line: string, { commands = [echo], env = {}, isTerminal = false, signal }: Surroundings = {}) {
  const written = { stdout: '', stderr: '' }
  const screen = (name: keyof typeof written): Screen => ({
    write: (text) => void (written[name] += text),
    isTerminal,
    columns: isTerminal ? 80 : undefined,
  })
  const shell = {
    cwd: '/',
    env,
    stdout: screen('stdout'),
    stderr: screen('stderr'),
    canAsk: false,
    signal: signal ?? new AbortController().signal,
  }
  const code = await runProgram(line === '' ? [] : line.split(' '), shell, { commands })
  return { code, ...written }
}

const document = (text: string): unknown => JSON.parse(text)

describe('a command', () => {
  test('gets its arguments and options read, with defaults', async () => {
    const line =
      'echo a b c -m x --many y --set n=5 --set on=true --set t="5" --set s=a=b --rate 2.50 --mode slow --dry-run'
    const { code, stdout, stderr } = await run(`${line} --json`)
    expect(code).toBe(0)
    expect(document(stdout)).toEqual({
      args: ['a', 'b', 'c'],
      many: ['x', 'y'],
      pairs: [
        ['n', 5],
        ['on', true],
        ['t', '5'],
        ['s', 'a=b'],
      ],
      limit: 20,
      rate: '2.50',
      mode: 'slow',
      dryRun: true,
    })
    expect(stderr).toBe('working\n')
  })

  test('talks on stdout where no document is asked for', async () => {
    expect(await run('echo hello')).toEqual({ code: 0, stdout: 'working\nhello\n', stderr: '' })
  })

  test('may end with a negative answer', async () => {
    const no = defineCommand({
      name: 'no',
      summary: 'refuse',
      options: {},
      run: async () => ({ json: {}, text: () => 'no', exitCode: 1 }),
    })
    expect(await run('no', { commands: [no] })).toMatchObject({ code: 1, stdout: 'no\n' })
  })
})

describe('help', () => {
  test.each(['', '--help', '-h'])("'qmtl %s' lists the commands", async (line) => {
    const { code, stdout, stderr } = await run(line)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/echo .*tell what was read/)
  })

  test('of a command shows its options, defaults and examples', async () => {
    const { code, stdout } = await run('echo --help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/--limit <N> +count \(default 20\)/)
    expect(stdout).toMatch(/--json +print one JSON document/)
    expect(stdout).toContain('Examples:\n  qmtl echo hello')
  })

  test('--version prints the version', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('misuse ends with 2 and names what is wrong', () => {
  test.each([
    ['ecoh a', "unknown command 'ecoh'", 'did you mean echo?'],
    ['echo a --limt 3', "unknown option '--limt'", 'did you mean --limit?'],
    ['echo a --zzz', "unknown option '--zzz'", 'see --help'],
    ['echo --dry-run', "missing required argument 'word'", 'see --help'],
    ['echo a --limit', "option '-n, --limit <N>' argument missing", 'see --help'],
    ['echo a --many --dry-run', "--many needs a value, not '--dry-run'", 'see --help'],
    ['echo a --limit 1.5', "--limit must be a whole number from 1 to 100, not '1.5'", 'see --help'],
    ['echo a --limit 101', "--limit must be a whole number from 1 to 100, not '101'", 'see --help'],
    ['echo a --rate 1e1', "--rate must be a number from 0 to 10, not '1e1'", 'see --help'],
    ['echo a --mode medium', "--mode must be fast or slow, not 'medium'", 'see --help'],
    ['echo a --set novalue', "--set must be name=value, not 'novalue'", 'see --help'],
  ])('qmtl %s', async (line, message, hint) => {
    const { code, stdout, stderr } = await run(line)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^E_USAGE: /)
    expect(stderr).toContain(message)
    expect(stderr).toContain(`  do: ${hint}`)
    const asJson = await run(line.replace(' ', ' --json '))
    expect(asJson.code).toBe(2)
    expect(document(asJson.stdout)).toMatchObject({ error: { code: 'E_USAGE', message, hint } })
  })

  test('a group without a command names its commands', async () => {
    const { code, stderr } = await run('group', { commands: [failing('x')] })
    expect(code).toBe(2)
    expect(stderr).toContain('E_USAGE: qmtl group needs a command: fail')
  })
})

describe('a failure', () => {
  const error = new QmtlError('E_INVALID_DATA', 'bars.csv: line 3 is bad', {
    errors: Array.from({ length: 23 }, (_, index) => ({
      path: `bars.csv:${index + 3}:2`,
      message: 'is bad',
      value: index,
    })),
    hint: 'mend the rows',
  })

  test('prints code, causes (the first 20) and advice', async () => {
    const { code, stdout, stderr } = await run('group fail', { commands: [failing(error)] })
    expect([code, stdout]).toEqual([2, ''])
    const lines = stderr.split('\n')
    expect(lines[0]).toBe('E_INVALID_DATA: bars.csv: line 3 is bad')
    expect(lines[1]).toBe('  why: bars.csv:3:2 is bad, seen 0')
    expect(lines.filter((line) => line.startsWith('  why: '))).toHaveLength(21)
    expect(lines.slice(-3)).toEqual(['  why: and 3 more', '  do: mend the rows', ''])
  })

  test('prints one document with all causes', async () => {
    const { stdout } = await run('group fail --json', { commands: [failing(error)] })
    expect(document(stdout)).toEqual({
      error: {
        code: 'E_INVALID_DATA',
        message: 'bars.csv: line 3 is bad',
        errors: error.errors,
        hint: 'mend the rows',
      },
    })
  })

  test('fits the terminal, and is not broken where it is read by a program', async () => {
    const long = new QmtlError('E_FILE', `${'a few words '.repeat(30)}end`)
    const onTerminal = await run('group fail', { commands: [failing(long)], isTerminal: true, env: { NO_COLOR: '1' } })
    expect(Math.max(...onTerminal.stderr.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    const piped = await run('group fail', { commands: [failing(long)] })
    expect(piped.stderr.split('\n')).toHaveLength(3)
  })

  test('has colours on a terminal only, and none with NO_COLOR', async () => {
    const commands = [failing(error)]
    expect((await run('group fail', { commands, isTerminal: true })).stderr).toContain('\u001B[')
    expect((await run('group fail', { commands, isTerminal: true, env: { NO_COLOR: '1' } })).stderr).not.toContain(
      '\u001B',
    )
    expect((await run('group fail', { commands })).stderr).not.toContain('\u001B')
  })

  test.each([
    [new QmtlError('E_ORDER_BLOCKED', 'closed'), 1],
    [new QmtlError('E_STALE_ETAG', 'changed'), 1],
    [new QmtlError('E_UNAVAILABLE', 'down'), 1],
    [new QmtlError('E_UNKNOWN_WORLD', 'none'), 2],
    [new QmtlError('E_INVALID_DAG', 'bad'), 2],
    [new QmtlError('E_INVALID_CONFIG', 'bad'), 2],
    [new QmtlError('E_PORT_IN_USE', 'taken'), 2],
    [new Misuse('--x', '1', 'must be 2'), 2],
    [new TypeError('broken'), 1],
  ])('%s ends with %d', async (thrown, code) => {
    expect((await run('group fail', { commands: [failing(thrown)] })).code).toBe(code)
  })

  test('that nobody expected shows no stack without QMTL_DEBUG', async () => {
    const commands = [failing(new TypeError('broken'))]
    const quiet = await run('group fail', { commands })
    expect(quiet.stderr).toMatch(/^E_INTERNAL: broken\n {2}do: .*QMTL_DEBUG=1/)
    expect(quiet.stderr).not.toContain('program.test.ts')
    const loud = await run('group fail', { commands, env: { QMTL_DEBUG: '1' } })
    expect(loud.stderr).toMatch(/TypeError: broken\n +at .*program\.test\.ts/)
  })

  test('by an interruption is silent and ends with 130', async () => {
    const controller = new AbortController()
    controller.abort()
    const { reason } = controller.signal as { reason: unknown }
    const ended = await run('group fail', { commands: [failing(reason)], signal: controller.signal })
    expect(ended).toEqual({ code: 130, stdout: '', stderr: '' })
  })
})
