import type { StrategyStatus } from '@qmtl/contracts'
import { count } from '../output/numbers.ts'

type Failure = NonNullable<StrategyStatus['error']>

/** Why work failed and, where it is tried again, how often it was and when it will be. */
export function failureText({ code, message, attempts, retry_at }: Failure): string {
  if (retry_at === null) return `${code}: ${message}`
  const tries = attempts === 1 ? 'once' : `${count(attempts)} times`
  return `${code}: ${message}; tried ${tries}, next at ${retry_at.slice(11, 19)} UTC`
}
