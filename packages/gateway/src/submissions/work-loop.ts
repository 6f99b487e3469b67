import { retryDelayMs } from './submission-state.ts'

/** How long work that is taken up belongs to its worker. */
export const leaseMs = 60_000
/** How often work is looked for that another process may have put there. */
export const pollMs = 1_000

/** Work that is done in the background until it is stopped. */
export interface WorkLoop {
  start(): void
  /** Says that there is work. */
  wake(): void
  /** Ends after the pass under way; idempotent. */
  stop(): Promise<void>
}

export interface WorkLoopOptions {
  /** Works once and resolves with how long nothing is due, in milliseconds. */
  readonly pass: () => Promise<number>
  /** Told of a pass that failed; the next comes after a pause that grows to 30 s, or when there is work. */
  readonly onFailure: (error: unknown) => void
}

export function createWorkLoop({ pass, onFailure }: WorkLoopOptions): WorkLoop {
  const alarm = createAlarm()
  let isStopped = false
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    let failures = 0
    while (!isStopped) {
      alarm.reset()
      let waitMs: number
      try {
        waitMs = await pass()
        failures = 0
      } catch (error) {
        onFailure(error)
        waitMs = retryDelayMs(++failures)
      }
      if (waitMs > 0) await alarm.wait(waitMs)
    }
  }

  return {
    start() {
      running ??= run()
    },
    wake: alarm.ring,
    async stop() {
      isStopped = true
      alarm.ring()
      await running
    },
  }
}

/** A wait that a ring ends, also one that came before it since the last reset. */
function createAlarm() {
  let hasRung = false
  let wake = (): void => undefined
  return {
    reset: (): void => {
      hasRung = false
    },
    ring: (): void => {
      hasRung = true
      wake()
    },
    wait: async (ms: number): Promise<void> => {
      if (hasRung) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    },
  }
}
