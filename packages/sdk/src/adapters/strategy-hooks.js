// Module hooks for strategy files, in plain JavaScript because they run before types can be erased: on a thread of Node's
// own (`register`, Node 20) or in this one (`registerHooks`, newer). They touch only modules whose URL carries a stamp, and
// hand it on to what those import by path, so that a reload reads every file anew.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const stampPattern = /[?&]qmtl=([^&#]*)/

/** @type {string} URL of the running SDK, from which `@qmtl/*` is resolved. */
let sdkUrl = ''
/** @type {boolean} The running copy is its TypeScript source: then its own files are erased too. */
let isSource = false
/** @type {{ transformSync(code: string, options: object): { code: string } } | undefined} */
let compiler

/** @param {{ sdkUrl: string }} data */
export function initialize(data) {
  sdkUrl = data.sdkUrl
  isSource = sdkUrl.endsWith('.ts')
}

/**
 * @param {string} specifier
 * @param {{ parentURL?: string, conditions: string[] }} context
 * @param {(specifier: string, context: object) => object} next
 */
export function resolve(specifier, context, next) {
  const stamp = stampPattern.exec(context.parentURL ?? '')?.[1]
  if (specifier.startsWith('@qmtl/') && (stamp !== undefined || isSource)) {
    const conditions = isSource ? ['qmtl-source', ...context.conditions] : context.conditions
    return next(specifier, { ...context, conditions, parentURL: sdkUrl })
  }
  const isPath = /^(\.{0,2}\/|file:)/.test(specifier)
  return next(
    stamp !== undefined && isPath && !specifier.includes('?') ? `${specifier}?qmtl=${stamp}` : specifier,
    context,
  )
}

/**
 * @param {string} url
 * @param {object} context
 * @param {(url: string, context: object) => object} next
 */
export function load(url, context, next) {
  const [address = ''] = url.split('?')
  const isStrategy = stampPattern.test(url)
  if (isStrategy && /\.c[jt]s$/.test(address)) {
    const message = 'CommonJS is not strict code; write an ES module (.ts or .mjs)'
    throw syntaxError({ file: fileURLToPath(address), message, line: 1, column: 1 })
  }
  if (!/\.m?ts$/.test(address) || !(isStrategy || isSource)) return next(url, context)
  const file = fileURLToPath(address)
  return { format: 'module', source: eraseTypes(readFileSync(file, 'utf8'), file), shortCircuit: true }
}

/**
 * The code without its types, every other character in its place.
 * @param {string} code
 * @param {string} file
 * @returns {string}
 */
export function eraseTypes(code, file) {
  compiler ??= createRequire(import.meta.url)('@swc/wasm-typescript')
  try {
    return compiler.transformSync(code, { mode: 'strip-only', module: true, filename: file }).code
  } catch (error) {
    const { message = String(error), startLine = 1, startColumn = 0 } = error
    throw syntaxError({ file, message, line: startLine, column: startColumn + 1 })
  }
}

/** @param {{ file: string, message: string, line: number, column: number }} report */
function syntaxError(report) {
  // A plain member, because it must survive the way back from the hooks' thread.
  return Object.assign(new SyntaxError(report.message), { strategySyntax: report })
}
