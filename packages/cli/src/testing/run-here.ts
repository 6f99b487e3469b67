import { allCommands } from '../commands/all-commands.ts'
import { runProgram } from '../program.ts'
import type { Screen } from '../output/screen.ts'
import type { RunOptions } from './run-qmtl.ts'

/** How a command line ended, without a process of its own. */
export interface EndedHere {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What stands on stdout as a document; throws where it is none. */
  json(): unknown
}

export interface RunHereOptions extends RunOptions {
  /** Aborted: Ctrl-C. */
  readonly signal?: AbortSignal
  /** Told of each piece of stdout as it comes. */
  readonly onOutput?: (text: string) => void
}

/** Runs a command line of `qmtl` in this process, not on a terminal. */
export async function runHere(args: readonly string[], options: RunHereOptions = {}): Promise<EndedHere> {
  let stdout = ''
  let stderr = ''
  const screen = (write: (text: string) => void): Screen => ({ write, isTerminal: false, columns: undefined })
  const code = await runProgram(
    args,
    {
      cwd: options.cwd ?? process.cwd(),
      env: options.env ?? {},
      stdout: screen((text) => {
        stdout += text
        options.onOutput?.(text)
      }),
      stderr: screen((text) => (stderr += text)),
      canAsk: false,
      signal: options.signal ?? new AbortController().signal,
    },
    { commands: allCommands },
  )
  const json = (): unknown => JSON.parse(stdout) as unknown
  return { code, stdout, stderr, json }
}
