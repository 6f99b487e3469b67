import { QmtlError } from '@qmtl/contracts'

/** A mutual exclusion whose waiters are served in the order they came. */
interface FairLock {
  /**
   * Waits for the turn and returns the function that ends it (calling it twice does nothing). Throws `E_TIMEOUT` when
   * the turn does not come within `timeoutMs`: the holder is stuck, or waits for this very caller.
   */
  acquire(): Promise<() => void>
}

interface Waiter {
  grant(): void
}

export function createFairLock(options: { readonly what: string; readonly timeoutMs: number }): FairLock {
  const waiting: Waiter[] = []
  let held = false

  function release(): void {
    const next = waiting.shift()
    if (next === undefined) held = false
    else next.grant()
  }

  function grantOnce(): () => void {
    let done = false
    return () => {
      if (done) return
      done = true
      release()
    }
  }

  return {
    acquire() {
      if (!held) {
        held = true
        return Promise.resolve(grantOnce())
      }
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          grant() {
            clearTimeout(timer)
            resolve(grantOnce())
          },
        }
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(waiter), 1)
          reject(new QmtlError('E_TIMEOUT', `waited ${options.timeoutMs} ms for ${options.what}`))
        }, options.timeoutMs)
        waiting.push(waiter)
      })
    },
  }
}
