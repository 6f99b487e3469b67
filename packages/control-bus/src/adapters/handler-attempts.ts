/** `abandoned`: it failed while its worker was stopping, so somebody else should try. */
export type AttemptOutcome = 'handled' | 'abandoned' | { readonly attempts: number; readonly error: unknown }

interface AttemptOptions {
  /** Calls at most. */
  readonly most: number
  readonly signal: AbortSignal
  /** Pauses before call `count + 1`; settles soon after the abort. */
  readonly pause: (count: number, signal: AbortSignal) => Promise<void>
}

/** Calls a handler, with its count from 1, until it succeeds, has failed too often, or fails while its worker stops. */
export async function attempt(
  work: (count: number) => Promise<void>,
  options: AttemptOptions,
): Promise<AttemptOutcome> {
  const { most, signal, pause } = options
  for (let count = 1; ; count++) {
    try {
      await work(count)
      return 'handled'
    } catch (error) {
      if (signal.aborted) return 'abandoned'
      if (count >= most) return { attempts: count, error }
      await pause(count, signal)
    }
  }
}
