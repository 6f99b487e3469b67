const dayMs = 86_400_000
const hourMs = 3_600_000

/**
 * True where two opens can be bars of one interval: they lie whole intervals apart. Daily bars that open with a session may
 * also lie an hour off, on the other side of a change of the clock.
 */
export function isOnGrid(openTimeMs: number, originMs: number, intervalMs: number): boolean {
  const off = Math.abs(openTimeMs - originMs) % intervalMs
  return off === 0 || (intervalMs === dayMs && (off === hourMs || off === dayMs - hourMs))
}
