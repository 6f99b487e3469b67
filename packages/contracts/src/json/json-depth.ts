import { isJsonObject } from '../types.ts'

/** Levels of nesting that a document may have. Deeper ones are attacks: they overflow the stack of whoever walks them. */
export const deepestJson = 64

/** True where a document has more levels than `levels`; an object of plain members has one. Looks no deeper than that. */
export function isDeeperThan(document: unknown, levels: number): boolean {
  if (typeof document !== 'object' || document === null) return false
  if (levels === 0) return true
  if (Array.isArray(document)) return document.some((item) => isDeeperThan(item, levels - 1))
  if (!isJsonObject(document)) return false
  // No list of values: every document from outside comes through here.
  for (const name in document) if (isDeeperThan(document[name], levels - 1)) return true
  return false
}
