import type { SecurityClass } from '../model/security.ts'

/** Every class that rules of brokers tell apart. */
export const securityClasses: readonly SecurityClass[] = [
  'equity',
  'option',
  'indexOption',
  'index',
  'forex',
  'cfd',
  'crypto',
  'cryptoFuture',
  'future',
  'futureOption',
  'base',
]
