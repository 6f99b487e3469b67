import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Bench, BenchResult } from './bench.ts'

const bin = resolve('packages/cli/bin/qmtl.js')
const rounds = 5
const settleMs = 2_000
const targets = { helpMs: 200, readyMs: 1_500, residentMb: 150 }

/** What a user waits for at the start: `qmtl --help`, and `qmtl dev` in a new folder until it says that it is ready. */
export const startBench: Bench = {
  name: 'start',
  description:
    'qmtl --help, and qmtl dev in a fresh folder until ready (medians, warm), with its memory two seconds later',
  run: measureStart,
}

async function measureStart(): Promise<BenchResult> {
  const parent = await mkdtemp(join(tmpdir(), 'qmtl-bench-'))
  try {
    await run(['init', 'desk'], parent)
    const helps: number[] = []
    for (let round = 0; round <= rounds; round++) helps.push(await run(['--help'], parent))
    const starts: { readonly readyMs: number; readonly residentMb: number }[] = []
    for (let round = 0; round <= rounds; round++) starts.push(await startDev(join(parent, 'desk')))
    const result = {
      help_ms: median(helps.slice(1)),
      ready_ms: median(starts.slice(1).map(({ readyMs }) => readyMs)),
      resident_mb: median(starts.slice(1).map(({ residentMb }) => residentMb)),
    }
    const passed =
      result.help_ms <= targets.helpMs && result.ready_ms <= targets.readyMs && result.resident_mb <= targets.residentMb
    return {
      ...result,
      target_help_ms: targets.helpMs,
      target_ready_ms: targets.readyMs,
      target_resident_mb: targets.residentMb,
      passed,
    }
  } finally {
    await rm(parent, { recursive: true, force: true })
  }
}

async function run(args: readonly string[], cwd: string): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: 'ignore' })
  await once(child, 'exit')
  return Math.round(performance.now() - startedAt)
}

async function startDev(cwd: string): Promise<{ readonly readyMs: number; readonly residentMb: number }> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [bin, 'dev', '--port', '0'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await new Promise<void>((ready) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready at')) ready()
    })
  })
  const readyMs = Math.round(performance.now() - startedAt)
  await new Promise((done) => setTimeout(done, settleMs))
  const residentMb = await residentMegabytes(child.pid ?? 0)
  child.kill('SIGTERM')
  await ended
  return { readyMs, residentMb }
}

/** Resident memory of a process in megabytes; 0 where the system does not tell. */
async function residentMegabytes(pid: number): Promise<number> {
  const status = `/proc/${pid}/status`
  if (!existsSync(status)) return 0
  const kilobytes = /VmRSS:\s+(\d+)/.exec(await readFile(status, 'utf8'))?.[1]
  return Math.round(Number(kilobytes ?? 0) / 1_000)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
