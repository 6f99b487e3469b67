import type { World } from '@qmtl/contracts'

/** Why no order of a world may leave. */
export type OrderStop = 'world_suspended' | 'circuit_breaker' | 'world_frozen' | 'not_applied' | 'allow_live_disabled'

/** The part of a world that decides whether orders may leave. */
export type OrderSettings = Pick<World, 'state' | 'circuit_breaker' | 'frozen' | 'current_domain' | 'allow_live'>

/** The first reason that stops every order of a world, or nothing. No gate is granted a lease while there is one. */
export function orderStopOf(world: OrderSettings): OrderStop | undefined {
  if (world.state !== 'ACTIVE') return 'world_suspended'
  if (world.circuit_breaker) return 'circuit_breaker'
  if (world.frozen) return 'world_frozen'
  if (world.current_domain === null) return 'not_applied'
  if (world.current_domain === 'live' && !world.allow_live) return 'allow_live_disabled'
  return undefined
}
