import { readFile, stat } from 'node:fs/promises'
import * as nodeModule from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { QmtlError } from '@qmtl/contracts'
import { buildStrategy, type BuiltStrategy } from '../authoring/build-strategy.ts'
import { isStrategyDefinition, type StrategyDefinition } from '../authoring/strategy.ts'
import { loadError } from '../load/load-failure.ts'
import { lineInFile, placeOf, type StrategyPlace } from '../load/strategy-place.ts'

export interface LoadStrategyOptions {
  /** Values for the strategy's parameters in place of its defaults. */
  readonly params?: Readonly<Record<string, unknown>>
}

/** A strategy, built, and the file it came from. */
export interface LoadedStrategy extends BuiltStrategy {
  /** Absolute path. */
  readonly file: string
  readonly definition: StrategyDefinition
}

/**
 * Loads a strategy file (`.ts` with erasable types, or `.js`) and builds its default export. Every call reads the file and
 * what it imports by path anew; `@qmtl/*` is the running copy, so the folder needs no install. A loaded version stays in
 * memory as long as the process lives, as all modules do.
 *
 * Errors name file and line: `E_STRATEGY_FILE` (no such file, no strategy in it, throws while loading), `E_STRATEGY_SYNTAX`,
 * and those of `defineNode`, `strategy` and `buildStrategy`.
 */
export async function loadStrategy(path: string, { params }: LoadStrategyOptions = {}): Promise<LoadedStrategy> {
  const file = resolve(path)
  await checkFile(file)
  try {
    const definition = definitionIn(await importFresh(file), file)
    return Object.freeze({ ...buildStrategy(definition, params ?? {}), file, definition })
  } catch (error) {
    if (error instanceof QmtlError && error.code === 'E_STRATEGY_FILE') throw error
    const place = placeOf(error, fileURLToPath)
    throw loadError({ file, error, place, lines: await linesOf(error, place) })
  }
}

/** Imports a file and what it imports by path, past the module cache, with its types erased. */
async function importFresh(file: string): Promise<unknown> {
  hooks ??= installHooks()
  await hooks
  stamp += 1
  return nativeImport(`${pathToFileURL(file).href}?qmtl=${stamp}`)
}

let hooks: Promise<void> | undefined
let stamp = 0

const hooksUrl = new URL('./strategy-hooks.js', import.meta.url).href

async function installHooks(): Promise<void> {
  const data = { sdkUrl: import.meta.url }
  const registerHooks: unknown = 'registerHooks' in nodeModule ? nodeModule.registerHooks : undefined
  if (typeof registerHooks !== 'function') {
    nodeModule.register(hooksUrl, { data })
    return
  }
  const module = await hooksModule()
  module.initialize(data)
  Reflect.apply(registerHooks, undefined, [{ resolve: module.resolve, load: module.load }])
}

interface HooksModule {
  initialize(data: { readonly sdkUrl: string }): void
  readonly resolve: unknown
  readonly load: unknown
  eraseTypes(this: void, code: string, file: string): string
}

async function hooksModule(): Promise<HooksModule> {
  const module = await nativeImport(hooksUrl)
  if (!isHooksModule(module)) throw new TypeError('the module hooks are not what they should be')
  return module
}

function isHooksModule(module: unknown): module is HooksModule {
  return typeof module === 'object' && module !== null && 'eraseTypes' in module && 'initialize' in module
}

const importInNode: unknown = nodeModule.createRequire(import.meta.url)('./import-in-node.cjs')

async function nativeImport(url: string): Promise<unknown> {
  if (typeof importInNode !== 'function') throw new TypeError('no import function')
  const module: unknown = await Reflect.apply(importInNode, undefined, [url])
  return module
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() === true) return
  const message = found === undefined ? 'there is no such file' : 'it is not a file'
  throw new QmtlError('E_STRATEGY_FILE', `${file}: ${message}`, {
    errors: [{ path: file, message }],
    hint: 'name a strategy file, such as strategies/golden-cross.ts',
  })
}

function definitionIn(module: unknown, file: string): StrategyDefinition {
  const exported: unknown =
    typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  if (isStrategyDefinition(exported)) return exported
  const message =
    exported === undefined ? 'it has no default export' : `its default export is ${kindOf(exported)}, not a strategy`
  throw new QmtlError('E_STRATEGY_FILE', `${file}: ${message}`, {
    errors: [{ path: file, message }],
    hint: 'export the strategy: export default strategy({ … })',
  })
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The lines in the file of the reasons why a function is not closed. */
async function linesOf(error: unknown, place: StrategyPlace | undefined): Promise<readonly number[]> {
  const details: unknown = typeof error === 'object' && error !== null && 'details' in error ? error.details : undefined
  if (place === undefined || !hasFunctionText(details)) return []
  const typed = await readFile(place.file, 'utf8')
  const { eraseTypes } = await hooksModule()
  const code = place.file.endsWith('ts') ? eraseTypes(typed, place.file) : typed
  const lines = details.lines.map((line) => lineInFile(code, details.source, line, place.line))
  return lines.every((line) => line !== undefined) ? lines : []
}

interface FunctionText {
  readonly source: string
  readonly lines: readonly number[]
}

function hasFunctionText(details: unknown): details is FunctionText {
  return typeof details === 'object' && details !== null && 'source' in details && 'lines' in details
}
