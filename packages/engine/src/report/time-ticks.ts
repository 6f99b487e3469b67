import type { Tick } from './chart-axis.ts'
import type { TimeSpan } from './chart-extremes.ts'

const mostTicks = 7
const dayMs = 86_400_000

/** A distance between marks: a fixed one, or months of the calendar. */
type TickStep = { readonly ms: number } | { readonly months: number }

const fixedSteps: readonly TickStep[] = [
  ...[1_000, 10_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000].map((ms) => ({ ms })),
  ...[1, 2, 7, 14].map((days) => ({ ms: days * dayMs })),
]
const monthSteps: readonly TickStep[] = [1, 3, 6, 12, 24, 60, 120, 240, 1200].map((months) => ({ months }))

/** Marks at round instants UTC: a few, whatever the span. */
export function timeTicks(span: TimeSpan): readonly Tick[] {
  for (const step of [...fixedSteps, ...monthSteps]) {
    const times = timesOf(step, span)
    if (times.length > mostTicks) continue
    return times.map((timeMs) => ({
      at: (timeMs - span.fromMs) / (span.toMs - span.fromMs),
      label: labelOf(timeMs, step),
    }))
  }
  return []
}

/** The instants of a step within a span, no more than show that there are too many. */
function timesOf(step: TickStep, { fromMs, toMs }: TimeSpan): readonly number[] {
  const times: number[] = []
  const first = 'ms' in step ? Math.ceil(fromMs / step.ms) : Math.floor(monthOf(fromMs) / step.months)
  for (let index = first; times.length <= mostTicks; index++) {
    const timeMs = 'ms' in step ? index * step.ms : monthStart(index * step.months)
    if (timeMs > toMs) break
    if (timeMs >= fromMs) times.push(timeMs)
  }
  return times
}

function monthStart(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12)
}

/** Months since January of year 0. */
function monthOf(timeMs: number): number {
  const date = new Date(timeMs)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

function labelOf(timeMs: number, step: TickStep): string {
  const text = new Date(timeMs).toISOString()
  if ('months' in step) return step.months % 12 === 0 ? text.slice(0, 4) : text.slice(0, 7)
  if (step.ms >= dayMs) return text.slice(0, 10)
  return text.slice(5, step.ms >= 60_000 ? 16 : 19).replace('T', ' ')
}
