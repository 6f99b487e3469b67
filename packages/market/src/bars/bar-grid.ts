const hourMs = 3_600_000

/**
 * True where two opens can be bars of one interval: they lie whole intervals apart. Bars of more than an hour that are counted from
 * the open of a session may also lie an hour off, on the other side of a change of the clock.
 */
export function isOnGrid(openTimeMs: number, originMs: number, intervalMs: number): boolean {
  const off = Math.abs(openTimeMs - originMs) % intervalMs
  return off === 0 || (intervalMs > hourMs && (off === hourMs || off === intervalMs - hourMs))
}
