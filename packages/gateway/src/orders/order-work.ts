import type { Order } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'

/** Who is at work on which order, and the work done in the background. */
export interface OrderWork {
  /** Claims an order until the function returned is called; several may. */
  claim(orderId: string): () => void
  isClaimed(orderId: string): boolean
  /** Claims the order while the work lasts; a failure is logged. */
  run(order: Order, work: () => Promise<void>): Promise<void>
  /** Resolves when no work is left. */
  idle(): Promise<void>
  isIdle(): boolean
}

export function createOrderWork(log: Logger): OrderWork {
  const claims = new Map<string, number>()
  const pending = new Set<Promise<void>>()

  function claim(id: string): () => void {
    claims.set(id, (claims.get(id) ?? 0) + 1)
    return () => {
      const left = (claims.get(id) ?? 0) - 1
      if (left > 0) claims.set(id, left)
      else claims.delete(id)
    }
  }

  return {
    claim,
    isClaimed: (id) => claims.has(id),
    run(order, work) {
      const release = claim(order.order_id)
      const running = work()
        .catch((error: unknown) => log.error('order-dispatch-failed', { order_id: order.order_id, error }))
        .finally(() => {
          release()
          pending.delete(running)
        })
      pending.add(running)
      return running
    },
    async idle() {
      while (pending.size > 0) await Promise.all(pending)
    },
    isIdle: () => pending.size === 0,
  }
}
