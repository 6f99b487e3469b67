import { allCommands } from './commands/all-commands.ts'
import { runProgram } from './program.ts'
import type { Screen } from './output/screen.ts'

const interrupted = 130
const stopping = new AbortController()
let isStoppable = false

// The first Ctrl-C asks a command that can stop in order to do so; everything else ends at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (!isStoppable || stopping.signal.aborted) process.exit(interrupted)
    stopping.abort()
  })
}

function screenOf(stream: NodeJS.WriteStream): Screen {
  // A reader that has seen enough, such as `head`, is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY,
    columns: stream.isTTY ? stream.columns : undefined,
  }
}

process.exitCode = await runProgram(
  process.argv.slice(2),
  {
    cwd: process.cwd(),
    env: process.env,
    stdout: screenOf(process.stdout),
    stderr: screenOf(process.stderr),
    canAsk: process.stdin.isTTY && process.stdout.isTTY,
    signal: stopping.signal,
  },
  { commands: allCommands, onStart: (command) => ({ isStoppable } = command) },
)
