import type { CommandContext, CommandResult } from './context.ts'
import type { OptionSpecs, ValuesOf } from './options.ts'

/** An argument by position. */
export interface ArgumentSpec {
  /** As commander writes it: `<file>` is required, `[dir]` is not, `<ids...>` takes all that follow. */
  readonly name: string
  readonly doc: string
}

export interface CommandInput<Specs extends OptionSpecs> {
  /** The arguments given, in order; those left out are missing. */
  readonly args: readonly string[]
  readonly options: ValuesOf<Specs>
}

/** A command as its author writes it. The file that defines it imports what it needs inside `run`, so `--help` stays quick. */
export interface CommandSpec<Specs extends OptionSpecs> {
  /** `backtest`, or a word of a group: `world create`. */
  readonly name: string
  /** One line. */
  readonly summary: string
  readonly args?: readonly ArgumentSpec[]
  readonly options: Specs
  /** Command lines shown under `--help`. */
  readonly examples?: readonly string[]
  /** True for a command that ends in order at the first Ctrl-C (`context.signal`); others are ended by it at once. */
  readonly isStoppable?: boolean
  /** Throws `QmtlError` or `Misuse`. Without a result nothing more is printed. */
  run(context: CommandContext, input: CommandInput<Specs>): Promise<CommandResult | undefined>
}

/** A command whose options have lost their types: what the program works with. */
export interface Command extends Omit<CommandSpec<OptionSpecs>, 'run'> {
  /** `given` returns what stands on the command line for an option. */
  run(
    context: CommandContext,
    line: { readonly args: readonly string[]; readonly given: (option: string) => unknown },
  ): Promise<CommandResult | undefined>
}

export function defineCommand<const Specs extends OptionSpecs>(spec: CommandSpec<Specs>): Command {
  return {
    ...spec,
    run: (context, { args, given }) => spec.run(context, { args, options: readOptions(spec.options, given) }),
  }
}

function readOptions<Specs extends OptionSpecs>(specs: Specs, given: (option: string) => unknown): ValuesOf<Specs> {
  const values = Object.entries(specs).map(([name, spec]) => [name, spec.read(given(name))])
  const read: unknown = Object.fromEntries(values)
  if (!holds(specs, read)) throw new TypeError('an option was not read')
  return read
}

function holds<Specs extends OptionSpecs>(specs: Specs, read: unknown): read is ValuesOf<Specs> {
  return typeof read === 'object' && read !== null && Object.keys(specs).every((name) => name in read)
}
