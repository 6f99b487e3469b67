import { Command as CommanderCommand, CommanderError, Option } from 'commander'
import type { CommandContext, CommandResult, Shell } from './command/context.ts'
import type { Command } from './command/define-command.ts'
import { Misuse } from './command/misuse.ts'
import type { OptionSpec } from './command/options.ts'
import { releaseVersion } from './command/release-version.ts'
import { styleFor } from './output/style.ts'

/** What the process must do when a command was found, and how it ended. */
export interface ProgramOptions {
  readonly commands: readonly Command[]
  /** Called once a command runs, with how it wants to be interrupted. */
  readonly onStart?: (command: { readonly isStoppable: boolean }) => void
}

/**
 * Runs one command line and resolves with the exit code: 0 ok, 1 a negative answer, 2 misuse or bad input, 130 interrupted.
 * Never rejects: what a command throws is printed as `E_CODE: what`, `why`, `do`, and with `--json` as one document.
 */
export async function runProgram(argv: readonly string[], shell: Shell, options: ProgramOptions): Promise<number> {
  const isJson = wantsJson(argv)
  const context = contextOf(shell, isJson)
  let outcome: CommandResult | undefined
  const program = buildProgram(context, options, (result) => (outcome = result))
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
    if (outcome !== undefined) print(outcome, context)
    return outcome?.exitCode ?? 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    return reportFailure(isBareGroup(error) ? incomplete(argv, options.commands) : error, context)
  }
}

/** Commander prints a group's help where its command is missing; here that is an error like any other. */
function isBareGroup(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help'
}

function incomplete(argv: readonly string[], commands: readonly Command[]): Misuse {
  const words = argv.filter((word) => !word.startsWith('-')).join(' ')
  const next = commands.flatMap(({ name }) => (name.startsWith(`${words} `) ? [name.slice(words.length + 1)] : []))
  return new Misuse(`qmtl ${words}`, '', `needs a command: ${next.join(', ')}`)
}

function print(result: CommandResult, { stdout, style, isJson }: CommandContext): void {
  stdout.write(`${isJson ? JSON.stringify(result.json, null, 2) : result.text(style)}\n`)
}

async function reportFailure(error: unknown, context: CommandContext): Promise<number> {
  const { signal, env, stderr, stdout, isJson } = context
  if (signal.aborted && error === signal.reason) return 130
  const { errorDocument, errorText, userErrorOf } = await import('./command/report-error.ts')
  const { exitCodeOf } = await import('./command/exit-code.ts')
  const userError = userErrorOf(error)
  if (isJson) stdout.write(`${JSON.stringify(errorDocument(userError), null, 2)}\n`)
  const style = styleFor(stderr, env)
  const width = stderr.isTerminal ? style.width : Number.POSITIVE_INFINITY
  stderr.write(`${errorText(userError, style, { width, debug: (env['QMTL_DEBUG'] ?? '') !== '' })}\n`)
  return exitCodeOf(userError)
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json')
}

function contextOf(shell: Shell, isJson: boolean): CommandContext {
  const { stdout, stderr, env } = shell
  const talk = isJson ? stderr : stdout
  return {
    ...shell,
    isJson,
    style: styleFor(stdout, env),
    say: (line = '') => talk.write(`${line}\n`),
    note: (line) => stderr.write(`${line}\n`),
  }
}

function buildProgram(
  context: CommandContext,
  { commands, onStart }: ProgramOptions,
  onResult: (result: CommandResult | undefined) => void,
): CommanderCommand {
  const program = framed(new CommanderCommand('qmtl'), context)
    .description('QMTL: strategies that share their computation, judged by worlds before they trade')
    .version(releaseVersion(), '-V, --version', 'print the version')
    .usage('<command> [options]')
  for (const command of commands) {
    const leaf = addCommand(program, command, context)
    leaf.action(async () => {
      onStart?.({ isStoppable: command.isStoppable ?? false })
      onResult(await command.run(context, { args: leaf.args, given: (name) => valueGiven(leaf, command, name) }))
    })
  }
  return program
}

/** Adds a command, and the group before its last word where it has one. */
function addCommand(program: CommanderCommand, command: Command, context: CommandContext): CommanderCommand {
  const words = command.name.split(' ')
  const name = words.pop() ?? ''
  const parent = words.reduce((group, word) => findGroup(group, word, context), program)
  const leaf = framed(new CommanderCommand(name), context).description(command.summary)
  for (const { name: argument, doc } of command.args ?? []) leaf.argument(argument, doc)
  for (const option of Object.values(command.options)) leaf.addOption(commanderOption(option))
  leaf.option('--json', 'print one JSON document on stdout, talk on stderr')
  if (command.examples)
    leaf.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`)
  parent.addCommand(leaf)
  return leaf
}

const groupSummaries: Readonly<Record<string, string>> = {
  data: 'bars on disk: import, coverage, checks, export',
  world: 'worlds: policies, verdicts, promotions, freezes',
}

function findGroup(parent: CommanderCommand, word: string, context: CommandContext): CommanderCommand {
  const known = parent.commands.find((command) => command.name() === word)
  if (known) return known
  const group = framed(new CommanderCommand(word), context).description(groupSummaries[word] ?? word)
  parent.addCommand(group)
  return group
}

function commanderOption({ flags, doc, isList, fallback }: OptionSpec<unknown>): Option {
  const option = new Option(flags, fallback === undefined ? doc : `${doc} (default ${fallback})`)
  // Not commander's `<a...>`, which would swallow the arguments that follow.
  if (isList) option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text])
  return option
}

function valueGiven(leaf: CommanderCommand, command: Command, name: string): unknown {
  const spec = command.options[name]
  if (spec === undefined) return undefined
  const value: unknown = leaf.getOptionValue(commanderOption(spec).attributeName())
  return value
}

/** Settings that every (sub)command needs: nothing exits or prints by itself, all goes through the shell. */
function framed(command: CommanderCommand, { stdout, style }: CommandContext): CommanderCommand {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // Complaints are thrown as errors and printed in one place.
      writeErr: () => undefined,
      getOutHelpWidth: () => style.width,
    })
}
