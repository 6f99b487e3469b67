const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** A span in its two largest units: 93,600,000 ms is `1d 2h`; under a second in milliseconds. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const parts: string[] = []
  let rest = ms
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count}${unit}`)
    rest -= count * size
  }
  return parts.slice(0, 2).join(' ')
}

/** An RFC 3339 instant for a reader: `2024-01-01 13:00`, UTC. */
export function minuteText(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ')
}

/** The date of an RFC 3339 instant. */
export function dateText(instant: string): string {
  return instant.slice(0, 10)
}
