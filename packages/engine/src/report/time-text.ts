/** An instant (epoch milliseconds) for a reader: `2024-01-01 13:00`, UTC. */
export function minuteText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** A span in its two largest units: 93,600,000 ms is `1d 2h`; under a second `0s`. */
export function spanText(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count}${unit}`)
    rest -= count * size
  }
  return parts.length === 0 ? '0s' : parts.slice(0, 2).join(' ')
}
