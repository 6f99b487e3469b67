import type { Screen } from '../output/screen.ts'
import type { Style } from '../output/style.ts'

/** The process as the program sees it; tests give their own. */
export interface Shell {
  /** Directory that relative paths are meant from. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Screen
  readonly stderr: Screen
  /** True where a person can answer a question. */
  readonly canAsk: boolean
  /** Aborted at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
}

/** What a command gets beside its arguments. */
export interface CommandContext extends Shell {
  /** `--json`: one document on stdout, talk on stderr. */
  readonly isJson: boolean
  /** For stdout: colours where it is a terminal that wants them. */
  readonly style: Style
  /** Prints a line while the command runs: to stdout, or to stderr with `--json`. */
  say(line?: string): void
  /** Prints a remark to stderr. */
  note(line: string): void
}

/** 0 ok, 1 a negative answer, 130 interrupted; misuse and bad input (2) are thrown as errors. */
export type ResultCode = 0 | 1 | 130

/** What a command has to tell when it ends: as one document, and as text. */
export interface CommandResult {
  /** Printed with `--json`; must survive `JSON.stringify`. */
  readonly json: unknown
  /** Printed otherwise, lines of at most `style.width` columns. */
  text(style: Style): string
  /** Default 0. */
  readonly exitCode?: ResultCode
}
