// Builds what changed, then runs the benches from the built code: what is measured is what ships.
import { spawnSync } from 'node:child_process'

const build = spawnSync('node', ['node_modules/ts7/bin/tsc', '-b', '--checkers', '1', 'bench'], {
  stdio: ['ignore', 2, 2],
})
if (build.status !== 0) process.exit(build.status ?? 1)
await import('../bench/dist/run.js')
