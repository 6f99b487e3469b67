import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll } from 'vitest'

const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url))

/** How a process ended. */
export interface Ended {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Builds before the tests of a suite what `qmtl` runs, if its sources changed. */
export function buildsQmtl(): void {
  beforeAll(async () => {
    const { code, stderr } = await runNode([bin('build.js')], {})
    if (code !== 0) throw new Error(stderr)
  }, 300_000)
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

interface ProcessOptions extends RunOptions {
  /** Text on stderr at which the process gets a Ctrl-C. */
  readonly interruptAt?: string
  /** Milliseconds after which the process is killed, without a chance to tidy up. */
  readonly killAfterMs?: number
}

/** Runs `qmtl` as a process of its own, not on a terminal. */
export function runQmtl(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return runNode([bin('qmtl.js'), ...args], options)
}

/** Like `runQmtl` with `--json`: the document on stdout. */
export async function runQmtlJson(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ ended: Ended; json: unknown }> {
  const ended = await runQmtl([...args, '--json'], options)
  const json: unknown = JSON.parse(ended.stdout)
  return { ended, json }
}

function runNode(args: readonly string[], { cwd, env, interruptAt, killAfterMs }: ProcessOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const killing = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      err.push(chunk)
      if (interruptAt !== undefined && chunk.toString().includes(interruptAt)) child.kill('SIGINT')
    })
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(killing)
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() })
    })
  })
}
