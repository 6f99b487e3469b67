import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, QmtlError } from '@qmtl/contracts'
import { loadStrategy, type LoadedStrategy, type StrategySource } from '@qmtl/sdk'

/** A file of the folder that could not be loaded. */
export interface StrategyFault {
  readonly file: string
  readonly error: QmtlError
}

/** The strategies of a folder, found by the hash of their graph. */
export interface StrategyFolder extends StrategySource {
  readonly path: string
  /** Reads every file anew: strategies in order of their file names, and the files that could not be loaded. */
  read(): Promise<{ readonly strategies: readonly LoadedStrategy[]; readonly faults: readonly StrategyFault[] }>
  /** Adds a strategy that lies elsewhere. */
  add(strategy: LoadedStrategy): void
}

/** Looks at `*.ts` and `*.js` files directly in the folder; one that is gone is an empty folder. */
export function createStrategyFolder(path: string): StrategyFolder {
  // A graph that was known stays known: a strategy under way keeps its code when its file changes.
  const byHash = new Map<string, LoadedStrategy>()
  return {
    path,
    find: (dagHash) => byHash.get(dagHash),
    add: (strategy) => void byHash.set(strategy.dagHash, strategy),
    async read() {
      const strategies: LoadedStrategy[] = []
      const faults: StrategyFault[] = []
      for (const file of await filesOf(path)) {
        try {
          const loaded = await loadStrategy(file)
          strategies.push(loaded)
          byHash.set(loaded.dagHash, loaded)
        } catch (thrown) {
          faults.push({ file, error: asQmtlError(thrown, file) })
        }
      }
      return { strategies, faults }
    },
  }
}

async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder)
    const sources = names.filter((name) => /\.(ts|js|mts|mjs)$/.test(name) && !/\.(d|test)\.ts$/.test(name))
    return sources.toSorted().map((name) => join(folder, name))
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
    throw new QmtlError('E_FILE', `the folder ${folder} cannot be read: ${messageOf(thrown)}`, { cause: thrown })
  }
}

function asQmtlError(thrown: unknown, file: string): QmtlError {
  if (thrown instanceof QmtlError) return thrown
  return new QmtlError('E_STRATEGY_FILE', `${file}: ${messageOf(thrown)}`, { cause: thrown })
}
