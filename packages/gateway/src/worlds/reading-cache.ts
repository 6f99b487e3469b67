import { errorTable, QmtlError, type CallOptions, type Clock } from '@qmtl/contracts'

/** What is known of something another service owns: read within its time to live, left over from before a failure, or nothing. */
export type Reading<Value> =
  /** For so many milliseconds more it stays that. */
  | { readonly kind: 'fresh'; readonly value: Value; readonly freshMs: number }
  | { readonly kind: 'stale'; readonly value: Value }
  | { readonly kind: 'unavailable' }

/** Copies of what another service owns, by key. */
export interface ReadingCache<Value> {
  /**
   * The value of a key. A failure of the owner gives the last value as `stale`, or `unavailable` where there is none; its
   * refusals, such as `E_UNKNOWN_WORLD`, are thrown. Concurrent readers of one key share one call.
   */
  read(key: string, options: CallOptions): Promise<Reading<Value>>
  /** Drops what is kept of a key, also an answer still under way: the owner has changed it. */
  forget(key: string): void
  forgetAll(): void
}

export interface ReadingCacheOptions<Value> {
  /** Asks the owner; nothing for an answer that is malformed. */
  readonly ask: (key: string) => Promise<Value | undefined>
  readonly ttlMs: (value: Value) => number
  readonly clock: Clock
  /** Keys kept at most; the one read from the owner longest ago goes first. Default 1,000. */
  readonly maxEntries?: number
}

interface Entry<Value> {
  readonly value: Value
  readonly freshUntil: number
}

interface State<Value> {
  readonly entries: Map<string, Entry<Value>>
  readonly underWay: Map<string, Promise<Reading<Value>>>
}

export function createReadingCache<Value>(options: ReadingCacheOptions<Value>): ReadingCache<Value> {
  const state: State<Value> = { entries: new Map(), underWay: new Map() }
  return {
    async read(key, call) {
      const entry = state.entries.get(key)
      const freshMs = entry === undefined ? 0 : entry.freshUntil - options.clock.monotonic()
      if (entry !== undefined && freshMs > 0) return { kind: 'fresh', value: entry.value, freshMs }
      const shared = state.underWay.get(key) ?? share(options, state, key)
      const reading = await shared
      call.signal?.throwIfAborted()
      return reading
    },
    forget(key) {
      state.entries.delete(key)
      state.underWay.delete(key)
    },
    forgetAll() {
      state.entries.clear()
      state.underWay.clear()
    },
  }
}

function share<Value>(options: ReadingCacheOptions<Value>, state: State<Value>, key: string): Promise<Reading<Value>> {
  const askedAt = options.clock.monotonic()
  const shared: Promise<Reading<Value>> = ask(options, state, key)
    .then((reading) => {
      // An answer that was forgotten meanwhile may be from before the change: it is used, and not kept.
      const isCurrent = state.underWay.get(key) === shared
      if (isCurrent && reading.kind === 'fresh') {
        keep(options, state, key, { value: reading.value, freshUntil: askedAt + reading.freshMs })
      }
      return reading
    })
    .finally(() => {
      if (state.underWay.get(key) === shared) state.underWay.delete(key)
    })
  state.underWay.set(key, shared)
  return shared
}

async function ask<Value>(
  options: ReadingCacheOptions<Value>,
  state: State<Value>,
  key: string,
): Promise<Reading<Value>> {
  try {
    const value = await options.ask(key)
    return value === undefined ? leftOver(state, key) : { kind: 'fresh', value, freshMs: options.ttlMs(value) }
  } catch (thrown) {
    if (!isServiceFailure(thrown)) throw thrown
    return leftOver(state, key)
  }
}

function leftOver<Value>(state: State<Value>, key: string): Reading<Value> {
  const entry = state.entries.get(key)
  return entry === undefined ? { kind: 'unavailable' } : { kind: 'stale', value: entry.value }
}

/** True for a failure of the service asked, or on the way to it; false for its answer about the request. */
export function isServiceFailure(thrown: unknown): boolean {
  if (!(thrown instanceof QmtlError)) return true
  const { status } = errorTable[thrown.code]
  return status >= 500 || status === 429 || status === 408
}

function keep<Value>(
  { maxEntries = 1_000 }: ReadingCacheOptions<Value>,
  { entries }: State<Value>,
  key: string,
  entry: Entry<Value>,
): void {
  entries.delete(key)
  entries.set(key, entry)
  const oldest = entries.keys().next()
  if (entries.size > maxEntries && oldest.done !== true) entries.delete(oldest.value)
}
