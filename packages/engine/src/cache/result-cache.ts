import { b3, computeContextOf, computeKeysIn, QmtlError, type ContextRequest, type NodeId } from '@qmtl/contracts'
import type { NodeColumns } from '../evaluate/node-columns.ts'
import type { ResultStore } from '../evaluate/result-store.ts'
import { areEqualRows, type Rows } from '../evaluate/rows.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { createMemoryResults } from './memory-results.ts'

/** Results on disk. An artifact never changes: a key stands for its content. */
export interface ArtifactStore {
  /** Undefined where there is none, or what is there is damaged. */
  read(key: string): NodeColumns | undefined
  /** Keeps a result, unless there is one. */
  write(key: string, result: NodeColumns): void
}

export interface ResultCacheOptions {
  /** Bound of what is kept in memory, bytes of columns and rows. Default 256 MiB; 0 keeps nothing. */
  readonly memoryBytes?: number
  /** Shared with other processes. Read in every domain, written in `backtest` and `dryrun` alone. */
  readonly artifacts?: ArtifactStore
}

/** Results of nodes by ComputeKey and fingerprints of the bars they came from: no result crosses worlds, domains or snapshots. */
export interface ResultCache {
  /** The results of one context. `fingerprintOf` gives that of a source's bars. Throws `E_INVALID_REQUEST` for a bad context. */
  over(context: ContextRequest, fingerprintOf: (source: NodeSpec) => string): ResultStore
  /** How much is kept in memory, bytes. */
  readonly memoryBytes: number
}

const defaultMemoryBytes = 256 * 1024 * 1024

/** Throws `E_INVALID_PARAMETER` for a bound that is no number from 0 on. */
export function createResultCache(options: ResultCacheOptions = {}): ResultCache {
  const { memoryBytes = defaultMemoryBytes, artifacts } = options
  if (!(memoryBytes >= 0)) {
    throw new QmtlError('E_INVALID_PARAMETER', `a result cache of ${memoryBytes} bytes; the bound must be 0 or more`)
  }
  const memory = createMemoryResults(memoryBytes)
  return {
    get memoryBytes() {
      return memory.bytes
    },
    over(context, fingerprintOf) {
      const keyOf = createKeys(context, fingerprintOf)
      const isWriter = isWritingDomain(context)
      const intern = createRowTable()
      return {
        find(node) {
          if (node.kind === 'source') return undefined
          const key = keyOf(node)
          const known = memory.find(key)
          if (known !== undefined) return known
          const stored = artifacts?.read(key)
          if (stored === undefined || stored.columns.length !== node.outputs.length) return undefined
          const result = { rows: intern(stored.rows), columns: stored.columns }
          memory.keep(key, result)
          return result
        },
        keep(node, result) {
          const key = keyOf(node)
          memory.keep(key, result)
          if (isWriter) artifacts?.write(key, result)
        },
      }
    },
  }
}

function isWritingDomain(context: ContextRequest): boolean {
  const { execution_domain: domain } = computeContextOf(context)
  return domain === 'backtest' || domain === 'dryrun'
}

/** The key of a node: its ComputeKey and the fingerprints of all bars it came from. */
function createKeys(context: ContextRequest, fingerprintOf: (source: NodeSpec) => string): (node: NodeSpec) => string {
  const computeKeyOf = computeKeysIn(context)
  const prints = new Map<NodeId, readonly string[]>()
  const printsOf = (node: NodeSpec): readonly string[] => {
    const known = prints.get(node.id)
    if (known !== undefined) return known
    const inputs = Object.values(node.inputs).flatMap((input) => printsOf(input.node))
    const own = node.kind === 'source' ? [`${node.id} ${fingerprintOf(node)}`] : [...new Set(inputs)].sort()
    prints.set(node.id, own)
    return own
  }
  return (node) => b3([computeKeyOf(node.id), ...printsOf(node)].join('\n')).replace('blake3:', '')
}

/** Equal rows from different artifacts become one array again: so they are told apart from others at no cost. */
function createRowTable(): (rows: Rows) => Rows {
  const known: Rows[] = []
  return (rows) => {
    const equal = known.find((other) => areEqualRows(other, rows))
    if (equal === undefined) known.push(rows)
    return equal ?? rows
  }
}
