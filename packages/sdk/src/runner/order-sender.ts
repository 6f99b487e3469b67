import {
  createGateLeaseHolder,
  isFreshLease,
  judgeOrder,
  messageOf,
  QmtlError,
  type ActivationState,
  type CallOptions,
  type ErrorCode,
  type GateLease,
  type HeldLease,
  type OrderRequest,
} from '@qmtl/contracts'
import type { RunnerPorts } from './ports.ts'

/** What became of an order on its way. A blocked or refused order is gone: the next bar plans anew. */
export type SendOutcome =
  | { readonly kind: 'placed' }
  | { readonly kind: 'blocked'; readonly reason: string; readonly message: string }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }
  /** No answer came: the order may be recorded or not; the Gateway's list will tell. */
  | { readonly kind: 'unknown'; readonly message: string }

/** The SDK's order gate: the first of the three checks, and the only way of a runner to the Gateway's order ingress. */
export interface OrderSender {
  /** Renews the gate's lease of the world; without a fresh one the gate is closed. */
  renew(options: CallOptions): Promise<void>
  /** The committed state that the gate may act on; nothing while it holds no fresh lease. */
  lease(): GateLease | undefined
  /** Activation as the gate was last told, also by a refusal; it permits nothing, but plans rest on it. */
  activation(): ActivationState | undefined
  send(order: OrderRequest, options: CallOptions): Promise<SendOutcome>
  /** The world was frozen under `epoch`: closes at once and acknowledges. */
  close(epoch: number, options: CallOptions): Promise<void>
  stop(options: CallOptions): Promise<void>
}

/** Creates the gate of one world. */
export function createOrderSender(ports: RunnerPorts, worldId: string, runnerId: string): OrderSender {
  const { worlds, clock, gateway } = ports
  const holder = createGateLeaseHolder({ worlds, clock, worldId, gateId: `sdk:${runnerId}` })
  const inFlight = new Set<string>()

  function fresh(): HeldLease | undefined {
    const held = holder.held()
    return held !== undefined && isFreshLease(held, clock.monotonic()) ? held : undefined
  }

  return {
    async renew(options) {
      try {
        await holder.renew(options)
      } catch (thrown) {
        ports.onFault({ code: codeOf(thrown), message: `no lease of world ${worldId}: ${messageOf(thrown)}` })
      }
    },
    lease: () => fresh()?.lease,
    activation: () => holder.held()?.lease.activation,
    async send(order, options) {
      const at = { monotonicMs: clock.monotonic(), domains: ['dryrun', 'live'] as const }
      const verdict = judgeOrder(order, holder.held(), at)
      if (!verdict.allowed) return { kind: 'blocked', reason: verdict.reason, message: verdict.message }
      inFlight.add(order.client_order_id)
      try {
        await gateway.placeOrder({ body: order }, options)
        return { kind: 'placed' }
      } catch (thrown) {
        return outcomeOf(thrown)
      } finally {
        inFlight.delete(order.client_order_id)
      }
    },
    close: (epoch, options) => holder.close(epoch, [...inFlight], options),
    stop: (options) => holder.release(options),
  }
}

const unanswered: ReadonlySet<ErrorCode> = new Set(['E_UNAVAILABLE', 'E_TIMEOUT', 'E_INTERNAL', 'E_STOPPING'])

function outcomeOf(thrown: unknown): SendOutcome {
  if (!(thrown instanceof QmtlError)) return { kind: 'unknown', message: messageOf(thrown) }
  const { code, message } = thrown
  return unanswered.has(code) ? { kind: 'unknown', message } : { kind: 'refused', code, message }
}

function codeOf(thrown: unknown): ErrorCode {
  return thrown instanceof QmtlError ? thrown.code : 'E_UNAVAILABLE'
}
