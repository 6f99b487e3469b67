// @ts-check
// Loaded first by threads that run the TypeScript sources (tests): has Node erase types from there on. Built code never
// loads it.
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/** @type {{ transformSync(code: string, options: object): { code: string } } | undefined} */
let compiler

if (!isMainThread && !new URL(import.meta.url).searchParams.has('hooks')) {
  register(`${import.meta.url}?hooks`)
}

/**
 * @param {string} url
 * @param {object} context
 * @param {(url: string, context: object) => object} next
 */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const { readFileSync } = await import('node:fs')
  const { createRequire } = await import('node:module')
  const { fileURLToPath } = await import('node:url')
  compiler ??= createRequire(import.meta.url)('@swc/wasm-typescript')
  const filename = fileURLToPath(url)
  const options = { mode: 'strip-only', module: true, filename }
  const source = compiler?.transformSync(readFileSync(filename, 'utf8'), options).code
  return { format: 'module', source, shortCircuit: true }
}
