import { Misuse } from './misuse.ts'
import type { Reader } from './options.ts'

// The patterns of contracts, repeated because contracts is not loaded before a command runs; a test compares them.
const world = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/
const run = /^[A-Za-z0-9_.:-]{1,100}$/
const strategy = /^[A-Za-z0-9_.-]{1,100}$/

/** The id of a world. */
export const worldIdText: Reader<string> = matching(
  world,
  'must be a world id: up to 64 letters, digits, _ . - and none of . - first',
)

/** The id of a run, chosen by the caller. */
export const runIdText: Reader<string> = matching(run, 'must be up to 100 letters, digits and _ . : -')

/** The id or the name of a strategy. */
export const strategyText: Reader<string> = matching(strategy, 'must be the id or name of a strategy')

function matching(pattern: RegExp, rule: string): Reader<string> {
  return (text, flag) => {
    // Such a name would leave its place in the address of a request.
    if (!pattern.test(text) || text === '.' || text === '..') throw new Misuse(flag, text, rule)
    return text
  }
}
