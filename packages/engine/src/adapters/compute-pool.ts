import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { QmtlError } from '@qmtl/contracts'
import {
  errorOfWire,
  type ThreadAnswer,
  type ThreadMessage,
  type ThreadNews,
  type ThreadRequest,
  type ThreadResults,
} from './thread-messages.ts'

/** Threads that evaluate nodes and backtest strategies over shared memory. One run at a time. */
export interface ComputePool {
  readonly threads: number
  /** Told to every thread; what is asked of one afterwards builds on it. */
  tell(news: ThreadNews): void
  /** Asks one thread, by its place in `[0, threads)`. Throws what it threw; `E_STOPPING` once the pool has stopped. */
  ask<Kind extends ThreadRequest['kind']>(
    thread: number,
    request: ThreadRequest & { readonly kind: Kind },
  ): Promise<ThreadResults[Kind]>
  /** Ends the threads, whatever they do. Idempotent. */
  stop(): Promise<void>
}

/** An idle pool keeps no process alive. `threads` is at least 1, by default one per core that the process may use. */
export function createComputePool({
  threads = availableParallelism(),
}: { readonly threads?: number } = {}): ComputePool {
  if (!Number.isSafeInteger(threads) || threads < 1) {
    throw new QmtlError(
      'E_INVALID_PARAMETER',
      `a compute pool of ${threads} threads; it needs a whole number from 1 on`,
    )
  }
  const members = Array.from({ length: threads }, openThread)
  return {
    threads,
    tell: (news) => members.forEach(({ send }) => send(news)),
    async ask(thread, request) {
      const member = members[thread]
      if (member === undefined) throw new RangeError(`thread ${thread} of a pool of ${threads}`)
      const answered = await member.ask(request)
      if (!isResultOf(answered, request.kind)) throw new TypeError(`a thread gave no answer to '${request.kind}'`)
      return answered
    },
    async stop() {
      await Promise.all(members.map(({ stop }) => stop()))
    },
  }
}

interface Thread {
  send(message: ThreadMessage): void
  ask(request: ThreadRequest): Promise<ThreadResults[keyof ThreadResults]>
  stop(): Promise<void>
}

interface Waiting {
  resolve(result: ThreadResults[keyof ThreadResults]): void
  reject(error: Error): void
}

// The sources are TypeScript where tests run; a thread then erases types as it loads.
const sourceFlags = import.meta.url.endsWith('.ts')
  ? ['--conditions=qmtl-source', '--import', new URL('../testing/source-types.js', import.meta.url).href]
  : []

function openThread(): Thread {
  const worker = new Worker(new URL('./compute-thread.js', import.meta.url), { execArgv: sourceFlags })
  const waiting = new Map<number, Waiting>()
  let ended: Error | undefined
  let next = 0
  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.unref()
  worker.on('error', end)
  worker.on('exit', () => end(new QmtlError('E_STOPPING', 'the compute pool has stopped')))
  worker.on('message', (answer: ThreadAnswer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (waiting.size === 0) worker.unref()
    if ('error' in answer) asked?.reject(errorOfWire(answer.error))
    else asked?.resolve(answer.result)
  })
  return {
    send: (message) => worker.postMessage(message),
    ask(request) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        const id = next++
        waiting.set(id, { resolve, reject })
        worker.ref()
        worker.postMessage({ kind: 'request', id, request })
      })
    },
    async stop() {
      await worker.terminate()
    },
  }
}

function isResultOf<Kind extends ThreadRequest['kind']>(
  result: ThreadResults[keyof ThreadResults],
  kind: Kind,
): result is ThreadResults[Kind] {
  return kind === 'evaluate' ? 'result' in result : 'summaries' in result
}
