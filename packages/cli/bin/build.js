// Builds the packages that the command needs. Plain JavaScript: it runs before anything is compiled.
import { spawn } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const lockFile = fileURLToPath(new URL('../../../node_modules/.cache/qmtl-build.lock', import.meta.url))

/**
 * Compiles `packages/cli` and what it references; one process at a time, others wait. With `force` also where something is
 * built already (what did not change is skipped). Ends the process with 1 where nothing that runs comes of it.
 */
export async function buildOnce({ force }) {
  await lock()
  try {
    if (!force && existsSync(main)) return
    if (!existsSync(main)) process.stderr.write('building QMTL once…\n')
    const output = await compile()
    if (existsSync(main)) return
    process.stderr.write(`${output}E_FILE: QMTL did not build\n  do: run npm ci, then npm run build\n`)
    process.exit(1)
  } finally {
    unlock()
  }
}

function compile() {
  return new Promise((resolve) => {
    // Several checkers per project repeat each other's work: one takes half the time on two cores.
    const compiler = ['node_modules/ts7/bin/tsc', '-b', '--checkers', '1', 'packages/cli']
    const child = spawn(process.execPath, compiler, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('close', () => resolve(Buffer.concat(output).toString()))
  })
}

async function lock() {
  mkdirSync(dirname(lockFile), { recursive: true })
  while (!tryLock()) await wait(100)
}

function tryLock() {
  const own = `${lockFile}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    // A link appears whole, with the holder in it, or not at all.
    linkSync(own, lockFile)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isHeld()) unlock()
    return false
  } finally {
    rmSync(own)
  }
}

/** A builder that was killed leaves its lock behind. */
function isHeld() {
  try {
    process.kill(Number(readFileSync(lockFile, 'utf8')), 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

function unlock() {
  rmSync(lockFile, { force: true })
}

// Tests and scripts bring what is built up to date: `node packages/cli/bin/build.js`.
if (process.argv[1] === fileURLToPath(import.meta.url)) await buildOnce({ force: true })
