import { QmtlError } from '@qmtl/contracts'
import type { FileLock } from '../store/bar-store.ts'

/** A lock for stores of one process. */
export function createFakeFileLock(): FileLock {
  const held = new Set<string>()
  return async (file) => {
    if (held.has(file)) throw new QmtlError('E_DATABASE_LOCKED', `${file} is in use by this process`)
    held.add(file)
    return () => held.delete(file)
  }
}
