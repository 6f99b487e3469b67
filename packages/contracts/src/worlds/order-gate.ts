import type { ErrorCode } from '../errors/error-table.ts'
import { domainOfMode, type ExecutionDomain } from '../identity/compute-context.ts'
import type { ActivationEntry, Side } from './activation.ts'
import type { GateLease } from './gate-lease.ts'

/** A lease with the monotonic time at which it was asked for: its life counts from there, so delay only shortens it. */
export interface HeldLease {
  readonly lease: GateLease
  readonly askedAtMs: number
}

/** What a gate must know of an order. */
export interface GatedOrder {
  readonly strategy_id: string
  readonly side: 'buy' | 'sell'
  readonly reduce_only?: boolean | undefined
  readonly epoch: number
}

export type GateVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: ErrorCode; readonly reason: string; readonly message: string }

/** True until `lease_ms` have passed on the monotonic clock since the holder asked. */
export function isFreshLease({ lease, askedAtMs }: HeldLease, monotonicMs: number): boolean {
  return monotonicMs - askedAtMs < lease.lease_ms
}

/** The side of the position that an order works on: a reducing sell works on a long one. */
export function sideOfOrder({ side, reduce_only }: Pick<GatedOrder, 'side' | 'reduce_only'>): Side {
  const opens = side === 'buy' ? 'long' : 'short'
  const reduces = side === 'buy' ? 'short' : 'long'
  return reduce_only === true ? reduces : opens
}

/**
 * The one rule that every gate applies to an order; whatever is missing, stale or contradictory refuses it. A freeze of
 * either side stops both; a drain, and an inactive side, let reducing orders pass.
 */
export function judgeOrder(
  order: GatedOrder,
  held: HeldLease | undefined,
  at: { readonly monotonicMs: number; readonly domains: readonly ExecutionDomain[] },
): GateVerdict {
  // A refusal has no life to run out: the reason it gave says more than its age.
  if (held !== undefined && !held.lease.granted) return refuseUngranted(held.lease)
  if (held === undefined || !isFreshLease(held, at.monotonicMs)) {
    return refuse('gate_stale', 'the gate holds no fresh lease of the world')
  }
  const { lease } = held
  if (order.epoch !== lease.epoch) {
    const message = `the order was decided under epoch ${order.epoch}, the world is at ${lease.epoch}`
    return { allowed: false, code: 'E_STALE_EPOCH', reason: 'stale_epoch', message }
  }
  if (!at.domains.includes(lease.domain)) {
    return refuse('domain', `the world runs in domain ${lease.domain}; orders need ${at.domains.join(' or ')}`)
  }
  return judgeActivation(order, lease)
}

function refuseUngranted({ reason }: GateLease): GateVerdict {
  return refuse(reason ?? 'not_granted', `the world grants no lease: ${reason ?? 'no reason given'}`)
}

function judgeActivation(order: GatedOrder, { activation, domain }: GateLease): GateVerdict {
  const entries = activation.state[order.strategy_id] ?? {}
  const side = sideOfOrder(order)
  const entry = entries[side] ?? (order.reduce_only === true ? (entries.long ?? entries.short) : undefined)
  if (entry === undefined) return refuse('not_activated', `strategy ${order.strategy_id} has no activation for ${side}`)
  const both = [entries.long, entries.short]
  if (both.some((one) => one?.freeze === true)) return refuse('frozen', `strategy ${order.strategy_id} is frozen`)
  if (order.reduce_only === true) return { allowed: true }
  if (both.some((one) => one?.drain === true)) {
    return refuse('draining', `strategy ${order.strategy_id} is draining; only reducing orders pass`)
  }
  return judgeEntry(order.strategy_id, entry, { side, domain })
}

/** An opening order needs an active side whose grant says what the world's domain says. */
function judgeEntry(
  strategyId: string,
  { active, effective_mode: mode }: ActivationEntry,
  { side, domain }: { readonly side: Side; readonly domain: ExecutionDomain },
): GateVerdict {
  if (!active) return refuse('inactive', `strategy ${strategyId} is not active for ${side}`)
  return domainOfMode(mode) === domain
    ? { allowed: true }
    : refuse('contradiction', `strategy ${strategyId} is granted ${mode}, the world runs in domain ${domain}`)
}

function refuse(reason: string, message: string): GateVerdict {
  return { allowed: false, code: 'E_ORDER_BLOCKED', reason, message }
}
