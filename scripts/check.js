// Runs every static check, two at a time (the slow one first), and prints the output of those that fail.
import { spawn } from 'node:child_process'

const checks = {
  lint: ['npx', 'eslint', '--cache', '--cache-location', 'node_modules/.cache/eslint/', 'packages', 'bench', 'tests'],
  types: ['node', 'node_modules/ts7/bin/tsc', '-p', 'tsconfig.check.json'],
  unused: ['npx', 'knip'],
  format: ['npx', 'prettier', '--check', '--log-level', 'warn', '.'],
  structure: ['npx', 'vitest', 'run', '--reporter', 'dot', 'tests/structure.test.ts'],
}

function run([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('close', (code) => resolve({ code, output: Buffer.concat(output).toString() }))
  })
}

const waiting = Object.entries(checks)
let failures = 0

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, command] = next
    const startedAt = performance.now()
    const { code, output } = await run(command)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds.padStart(5)} s`)
    if (code !== 0) {
      failures += 1
      console.log(output)
    }
  }
}

await Promise.all([work(), work()])
console.log(failures === 0 ? 'all checks pass' : `${failures} of ${Object.keys(checks).length} checks fail`)
process.exitCode = failures === 0 ? 0 : 1
