import { watch } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const settleMs = 100

/**
 * Names of the strategy files that changed in a folder since the time before, from this call on until the signal is
 * aborted; what changes while nobody asks is kept. A folder that is not there has none.
 */
export function watchFolder(folder: string, signal: AbortSignal): AsyncIterable<readonly string[]> {
  const changed = new Set<string>()
  let failure: { readonly error: unknown } | undefined
  let wake: () => void = () => undefined
  try {
    // Not the iterator of node:fs/promises: it drops what happens between two of its steps.
    const watcher = watch(folder, { signal }, (_, filename) => {
      if (filename === null || !/\.(ts|js|mts|mjs)$/.test(filename)) return
      changed.add(filename)
      wake()
    })
    watcher.on('error', (error) => {
      failure = { error }
      wake()
    })
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown
  }
  signal.addEventListener('abort', () => wake(), { once: true })

  async function* batches(): AsyncGenerator<readonly string[]> {
    while (!signal.aborted) {
      if (failure) throw failure.error
      if (changed.size === 0) {
        await new Promise<void>((resolve) => (wake = resolve))
        continue
      }
      // An editor writes in several steps: what is read after a moment is the whole file.
      await sleep(settleMs)
      const names = [...changed].toSorted()
      changed.clear()
      yield names
    }
  }
  return batches()
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}
