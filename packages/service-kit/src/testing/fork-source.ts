import { fork, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/**
 * Starts a TypeScript module in a process of its own, for tests that kill one. It reads the packages' sources as the
 * tests do, and may talk to the test by `process.send`.
 */
export async function forkSource(module: string, args: readonly string[]): Promise<ChildProcess> {
  const conditions = ['qmtl-source', 'node', 'import']
  // Below node_modules, so that the packages it does not contain are found from there.
  const cache = join(import.meta.dirname, '../../../../node_modules/.cache/qmtl-fork')
  mkdirSync(cache, { recursive: true })
  const outDir = mkdtempSync(join(cache, 'run-'))
  await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions },
    ssr: { noExternal: [/^@qmtl\//], resolve: { conditions } },
    build: { ssr: module, outDir, target: 'node20', rolldownOptions: { output: { entryFileNames: 'main.mjs' } } },
  })
  const child = fork(join(outDir, 'main.mjs'), [...args], { execArgv: [] })
  child.once('exit', () => rmSync(outDir, { recursive: true, force: true }))
  return child
}
