import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from '../telemetry/logger.ts'

/** A part of a process that is started and stopped. */
export interface Resource {
  readonly name: string
  /** Resolves when the part is ready. */
  start?(): Promise<unknown>
  /** Drains and releases. */
  stop(): Promise<void>
}

export interface LifecycleOptions {
  readonly log: Logger
  /** Longest wait for one part to stop, in milliseconds; then it is left behind and the next one stops. Default 10 s. */
  readonly stopTimeoutMs?: number
}

/** Parts started in order and stopped in reverse. */
export interface Lifecycle {
  /** Starts the parts one after the other. When one fails, those started are stopped and its failure is thrown. */
  start(): Promise<void>
  /** Stops what was started, last first; idempotent. Throws the failures of parts that did not stop cleanly. */
  stop(): Promise<void>
}

export function createLifecycle(resources: readonly Resource[], options: LifecycleOptions): Lifecycle {
  const started: Resource[] = []
  let stopping: Promise<void> | undefined

  async function stopAll(): Promise<void> {
    const failures: unknown[] = []
    for (const resource of started.splice(0).reverse()) {
      try {
        await stopInTime(resource, options.stopTimeoutMs ?? 10_000)
      } catch (error) {
        options.log.error('stop-failed', { part: resource.name, error })
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} parts did not stop cleanly`)
  }

  return {
    async start() {
      for (const resource of resources) {
        try {
          await resource.start?.()
          started.push(resource)
        } catch (error) {
          // What failed to start may hold something already.
          started.push(resource)
          await stopAll().catch(() => undefined)
          throw error
        }
      }
    },
    stop: () => (stopping ??= stopAll()),
  }
}

async function stopInTime(resource: Resource, timeoutMs: number): Promise<void> {
  const done = new AbortController()
  const late = wait(timeoutMs, undefined, { signal: done.signal, ref: false }).then(
    () => Promise.reject(new Error(`'${resource.name}' did not stop within ${timeoutMs} ms`)),
    () => undefined,
  )
  try {
    await Promise.race([resource.stop(), late])
  } finally {
    done.abort()
  }
}
