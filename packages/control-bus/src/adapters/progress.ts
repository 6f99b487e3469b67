import { QmtlError } from '@qmtl/contracts'

/** Tells those who wait that something moved. */
export interface Progress {
  readonly report: () => void
  /** Resolves at the next report; throws `E_TIMEOUT` when aborted before. */
  next(signal: AbortSignal | undefined): Promise<void>
}

export function createProgress(): Progress {
  let waiting = new Set<() => void>()
  return {
    report() {
      const woken = waiting
      waiting = new Set()
      for (const wake of woken) wake()
    },
    next(signal) {
      if (signal?.aborted === true) return Promise.reject(gaveUp(signal))
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          waiting.delete(wake)
          reject(gaveUp(signal))
        }
        const wake = (): void => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        }
        waiting.add(wake)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
  }
}

function gaveUp(signal: AbortSignal | undefined): QmtlError {
  return new QmtlError('E_TIMEOUT', 'gave up waiting for room in a queue', { cause: signal?.reason })
}
