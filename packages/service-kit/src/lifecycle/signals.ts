import { constants } from 'node:os'

const stopSignals = ['SIGINT', 'SIGTERM'] as const

/** The process as seen by `untilStopSignal`; tests give their own. */
export interface SignalSource {
  on(signal: (typeof stopSignals)[number], listener: () => void): unknown
  off(signal: (typeof stopSignals)[number], listener: () => void): unknown
  exit(code: number): void
}

/**
 * Resolves at the first SIGINT or SIGTERM (or when `signal` aborts), so that the caller can stop in order. A second
 * SIGINT or SIGTERM ends the process at once with 130.
 */
export function untilStopSignal(
  options: { readonly signal?: AbortSignal; readonly source?: SignalSource } = {},
): Promise<void> {
  const { signal, source = process } = options
  return new Promise((resolve) => {
    let received = 0
    const onSignal = (): void => {
      received += 1
      if (received > 1) source.exit(128 + constants.signals.SIGINT)
      resolve()
    }
    for (const name of stopSignals) source.on(name, onSignal)
    signal?.addEventListener(
      'abort',
      () => {
        if (received > 0) return
        for (const name of stopSignals) source.off(name, onSignal)
        resolve()
      },
      { once: true },
    )
  })
}
