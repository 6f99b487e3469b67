import type { VenueReport } from '@qmtl/brokerage'

/** Reports waiting for the one consumer; what was not taken stays. */
export interface ReportQueue {
  push(report: VenueReport): void
  /** From the oldest waiting report on, until the signal is aborted. */
  take(signal: AbortSignal | undefined): AsyncIterable<VenueReport>
}

export function createReportQueue(): ReportQueue {
  const waiting: VenueReport[] = []
  let wake: (() => void) | undefined

  function next(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal?.removeEventListener('abort', done)
        wake = undefined
        resolve()
      }
      wake = done
      signal?.addEventListener('abort', done, { once: true })
    })
  }

  async function* drain(signal: AbortSignal | undefined): AsyncGenerator<VenueReport> {
    while (signal?.aborted !== true) {
      const [report] = waiting
      if (report === undefined) {
        await next(signal)
        continue
      }
      // Taken off only when the consumer comes back for more: a consumer that fails meets it again.
      yield report
      waiting.shift()
    }
  }

  return {
    push(report) {
      waiting.push(report)
      wake?.()
    },
    take: drain,
  }
}
