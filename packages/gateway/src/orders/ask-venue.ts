import { QmtlError, type CallOptions } from '@qmtl/contracts'

export interface AskVenueOptions {
  readonly timeoutMs: number
  readonly stopping: AbortSignal
}

/**
 * One call of a venue. Rejects with `E_TIMEOUT` after `timeoutMs`, and with `E_STOPPING` at once when `stopping` is aborted,
 * whatever the venue does with the signal it gets: what became of the call is then unknown.
 */
export async function askVenue<Answer>(
  call: (options: CallOptions) => Promise<Answer>,
  { timeoutMs, stopping }: AskVenueOptions,
): Promise<Answer> {
  const ending = new AbortController()
  const answered = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    const end = (error: QmtlError): void => {
      ending.abort(error)
      reject(error)
    }
    const stop = (): void => end(new QmtlError('E_STOPPING', 'the process stops waiting for the venue'))
    const timer = setTimeout(() => end(new QmtlError('E_TIMEOUT', `no answer within ${timeoutMs} ms`)), timeoutMs)
    answered.signal.addEventListener('abort', () => clearTimeout(timer))
    stopping.addEventListener('abort', stop, { signal: answered.signal })
    if (stopping.aborted) stop()
  })
  try {
    return await Promise.race([ended, call({ signal: ending.signal })])
  } finally {
    answered.abort()
  }
}
