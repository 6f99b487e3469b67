import { basename } from 'node:path'
import { QmtlError, type ErrorCause } from '@qmtl/contracts'
import { isMap, isScalar, LineCounter, parseDocument, type Node, type Pair } from 'yaml'
import type { Setting } from './config-source.ts'

/** The settings of a YAML (or JSON) document, each with its line and column. `E_INVALID_CONFIG` names every syntax error. */
export function yamlSettings(text: string, file: string): readonly Setting[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${basename(file)}:${line}:${col}`
  }
  const faults = document.errors.map((error): ErrorCause => ({ path: at(error.pos[0]), message: error.message }))
  const root = document.contents
  if (root !== null && !isMap(root)) faults.push({ path: at(root.range[0]), message: 'must be a map of sections' })
  if (faults.length > 0) {
    throw new QmtlError('E_INVALID_CONFIG', `${file} cannot be read: ${faults[0]?.message ?? ''}`, { errors: faults })
  }
  return isMap<unknown, Node | null>(root) ? settingsOf(root.items, [], at) : []
}

/** A map is an empty section and its members; whatever else stands below a key is one setting. The origin is the key's. */
function settingsOf(
  pairs: readonly Pair<unknown, Node | null>[],
  parent: readonly string[],
  at: (offset: number) => string,
): readonly Setting[] {
  return pairs.flatMap(({ key, value }) => {
    const path = [...parent, isScalar(key) ? String(key.value) : String(key)]
    const origin = at(isScalar(key) ? (key.range?.[0] ?? 0) : 0)
    if (!isMap<unknown, Node | null>(value)) return [{ path, value: value?.toJSON(), origin, isSecret: false }]
    return [{ path, value: {}, origin, isSecret: false }, ...settingsOf(value.items, path, at)]
  })
}
