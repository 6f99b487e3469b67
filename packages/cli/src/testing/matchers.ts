import { expect } from 'vitest'

/** A text that matches a pattern, or holds a text; for use inside `toMatchObject`. */
export function textWith(pattern: RegExp | string): unknown {
  return typeof pattern === 'string' ? expect.stringContaining(pattern) : expect.stringMatching(pattern)
}

/** Any number. */
export const anyNumber: unknown = expect.any(Number)

/** A list that holds these items, among others. */
export function listWith(...items: readonly unknown[]): unknown {
  return expect.arrayContaining([...items])
}
