import { QmtlError } from '@qmtl/contracts'

/** Bounds what submissions that wait to become durable take of the memory. */
export interface Admission {
  /** Does `work` while so many characters are counted; refuses with `E_DEGRADED` what would be too much beside the others. */
  hold<Result>(size: number, work: () => Promise<Result>): Promise<Result>
}

const retryAfterS = 1

/** `capacity` is in characters of JSON: 64 Mi unless given. One submission alone always passes. */
export function createAdmission(capacity = 64 * 1024 * 1024): Admission {
  let held = 0
  return {
    async hold(size, work) {
      if (held > 0 && held + size > capacity) {
        const details = { retry_after_s: retryAfterS }
        const message = `submissions of ${held} characters wait for the log already, ${capacity} at most`
        throw new QmtlError('E_DEGRADED', message, { details })
      }
      held += size
      try {
        return await work()
      } finally {
        held -= size
      }
    },
  }
}
