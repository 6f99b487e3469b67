import { watch } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const settleMs = 100

/** Names of files that changed in a folder, one at a time, until the signal is aborted. A folder that is not there has none. */
export async function* watchFolder(folder: string, signal: AbortSignal): AsyncGenerator<string> {
  try {
    for await (const { filename } of watch(folder, { signal })) {
      if (filename === null || !/\.(ts|js|mts|mjs)$/.test(filename)) continue
      // An editor writes in several steps: what is read after a moment is the whole file.
      await sleep(settleMs, undefined, { signal })
      yield filename
    }
  } catch (thrown) {
    if (signal.aborted || isMissing(thrown)) return
    throw thrown
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}
