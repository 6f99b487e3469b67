// @ts-check
// In plain JavaScript because a thread of its own loads it before anything could erase types.
import { createRequire } from 'node:module'

/** @typedef {import('./sqlite-handle.ts').SqliteModule} SqliteModule */

/** @type {SqliteModule | undefined} */
let loaded

/**
 * Opens a SQLite file by the API of `node:sqlite`: Node's own where it is complete, else the package with its binaries.
 * @param {string} file
 * @returns {import('./sqlite-handle.ts').SqliteHandle}
 */
export function openSqliteFile(file) {
  loaded ??= loadSqlite()
  return new loaded.DatabaseSync(file)
}

/** @returns {SqliteModule} */
function loadSqlite() {
  /** @type {any} */
  const builtIn = process.getBuiltinModule('node:sqlite')
  if (isComplete(builtIn)) return builtIn
  const installed = createRequire(import.meta.url)('@photostructure/sqlite')
  if (isComplete(installed)) return installed
  throw new TypeError('neither node:sqlite nor @photostructure/sqlite has the API that QMTL needs')
}

/**
 * Early releases of `node:sqlite` lack `columns`, by which a statement with rows is told from one without, and `isTransaction`.
 * @param {any} module
 */
function isComplete(module) {
  return module?.StatementSync?.prototype?.columns !== undefined && 'isTransaction' in module.DatabaseSync.prototype
}
