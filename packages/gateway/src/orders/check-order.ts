import {
  compare,
  decimal,
  decimalText,
  judgeOrder,
  maximum,
  times,
  type Decimal,
  type ErrorCode,
  type HeldLease,
  type OrderRequest,
  type World,
} from '@qmtl/contracts'
import type { TradingDomain } from '../database/tables.ts'

/** Everything the ingress knows when it judges an order; what is missing refuses it. */
export interface OrderSituation {
  /** Worlds of the strategy that sent the order; nothing for an unknown strategy. */
  readonly strategyWorlds: readonly string[] | undefined
  /** Settings of the order's world, read within the last second. */
  readonly world: World | undefined
  /** The ingress's own lease of the world. */
  readonly held: HeldLease | undefined
  readonly monotonicMs: number
  /** Venues that simulate, and venues that trade, by name. */
  readonly venues: { readonly paper: ReadonlySet<string>; readonly live: ReadonlySet<string> }
}

export type OrderCheck =
  { readonly allowed: true; readonly venue: string; readonly domain: TradingDomain } | OrderRefusal

/** Why an order does not pass: `reason` names the closed gate. */
export interface OrderRefusal {
  readonly allowed: false
  readonly code: ErrorCode
  readonly reason: string
  readonly message: string
}

type Check = (order: OrderRequest, situation: OrderSituation) => OrderRefusal | undefined

/** In the order in which a refusal helps most: who sends, the world, its gate, where it goes, how large it is. */
const checks: readonly Check[] = [checkStrategy, checkWorld, checkGate, checkLive, checkVenue, checkLegs, checkNotional]

/** The second of the three checks on every order: passes only when no condition is closed. */
export function checkOrder(order: OrderRequest, situation: OrderSituation): OrderCheck {
  for (const check of checks) {
    const refusal = check(order, situation)
    if (refusal !== undefined) return refusal
  }
  const domain = situation.held?.lease.domain === 'live' ? 'live' : 'dryrun'
  return { allowed: true, venue: venueOf(order.instrument), domain }
}

/** The venue part of an instrument's id: `SIM` of `BTC-USD.SIM`. */
export function venueOf(instrument: string): string {
  return instrument.slice(instrument.lastIndexOf('.') + 1)
}

function checkStrategy(order: OrderRequest, { strategyWorlds }: OrderSituation): OrderRefusal | undefined {
  const { strategy_id: id, world_id: worldId } = order
  if (strategyWorlds === undefined)
    return refusal('E_UNKNOWN_STRATEGY', 'unknown_strategy', `no strategy ${id} was submitted`)
  if (strategyWorlds.includes(worldId)) return undefined
  return refusal('E_ORDER_BLOCKED', 'not_bound', `strategy ${id} is not bound to world ${worldId}`)
}

function checkWorld({ world_id: worldId }: OrderRequest, { world }: OrderSituation): OrderRefusal | undefined {
  if (world === undefined || world.world_id !== worldId) {
    return refusal('E_ORDER_BLOCKED', 'world_unavailable', `the settings of world ${worldId} cannot be read`)
  }
  if (world.state !== 'ACTIVE')
    return refusal('E_ORDER_BLOCKED', 'world_not_active', `world ${worldId} is ${world.state}`)
  if (world.frozen) return refusal('E_ORDER_BLOCKED', 'world_frozen', `world ${worldId} is frozen`)
  if (!world.circuit_breaker) return undefined
  return refusal('E_ORDER_BLOCKED', 'circuit_breaker', `the circuit breaker of world ${worldId} is on`)
}

function checkGate(order: OrderRequest, { held, monotonicMs }: OrderSituation): OrderRefusal | undefined {
  const ofOther = held !== undefined && held.lease.world_id !== order.world_id
  const verdict = judgeOrder(order, ofOther ? undefined : held, { monotonicMs, domains: ['dryrun', 'live'] })
  return verdict.allowed ? undefined : verdict
}

function checkLive(order: OrderRequest, { held, world }: OrderSituation): OrderRefusal | undefined {
  if (held?.lease.domain !== 'live' || world?.allow_live === true) return undefined
  return refusal('E_ORDER_BLOCKED', 'live_not_allowed', `world ${order.world_id} does not allow live trading`)
}

function checkVenue({ instrument }: OrderRequest, { held, venues }: OrderSituation): OrderRefusal | undefined {
  const kind = held?.lease.domain === 'live' ? 'live' : 'paper'
  const name = venueOf(instrument)
  if (venues[kind].has(name)) return undefined
  const known = [...venues[kind]].join(', ') || 'none'
  return refusal(
    'E_ORDER_BLOCKED',
    'no_venue',
    `no ${kind} venue ${name} is connected for ${instrument}; connected: ${known}`,
  )
}

/** What several legs are worth together no limit here can tell. */
function checkLegs({ type, legs }: OrderRequest): OrderRefusal | undefined {
  if (legs === undefined && !type.startsWith('combo_')) return undefined
  const message = `an order of type ${type} with ${legs?.length ?? 0} legs is not taken; send one order per instrument`
  return refusal('E_ORDER_BLOCKED', 'legs', message)
}

/** A reducing order passes: a position that has outgrown the limit must be able to close, and no order reduces more than it. */
function checkNotional(order: OrderRequest, { world }: OrderSituation): OrderRefusal | undefined {
  const limit = world?.max_order_notional ?? null
  if (limit === null || order.reduce_only === true) return undefined
  const notional = times(decimal(order.quantity), highestPrice(order))
  if (compare(notional, decimal(limit)) <= 0) return undefined
  const message = `notional ${decimalText(notional)} is over the world's limit of ${limit} for one order`
  return refusal('E_ORDER_LIMIT', 'max_order_notional', message)
}

/**
 * The dearest price that an order names: it may trade there. That of a market order is its sender's word alone, as is the
 * multiplier of a contract, which an ingress without a market does not know.
 */
function highestPrice({ reference_price, limit_price, stop_price, trigger_price }: OrderRequest): Decimal {
  const named = [limit_price, stop_price, trigger_price].filter((price) => price !== undefined)
  return named.map((price) => decimal(price)).reduce(maximum, decimal(reference_price))
}

function refusal(code: ErrorCode, reason: string, message: string): OrderRefusal {
  return { allowed: false, code, reason, message }
}
