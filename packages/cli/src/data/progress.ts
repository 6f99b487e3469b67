import type { Screen } from '../output/screen.ts'

/** Tells on stderr how far long work is; silent for the first second. */
export interface Progress {
  /** A fraction within [0, 1] and what has been done. */
  report(fraction: number, what: string): void
  /** Takes the bar away. */
  end(): void
}

const quietMs = 1_000
const redrawMs = 100
/** Where nobody watches a bar, a line now and then says that it goes on. */
const lineMs = 10_000
const barWidth = 24

/** `nowMs` is a monotonic clock. */
export function createProgress(label: string, screen: Screen, nowMs: () => number = () => performance.now()): Progress {
  const startedMs = nowMs()
  let shownMs = startedMs + quietMs - (screen.isTerminal ? redrawMs : lineMs)
  let isShown = false
  return {
    report(fraction, what) {
      const now = nowMs()
      if (now - startedMs < quietMs || now - shownMs < (screen.isTerminal ? redrawMs : lineMs)) return
      shownMs = now
      const percent = `${Math.floor(fraction * 100)} %`.padStart(5)
      if (!screen.isTerminal) {
        screen.write(`${label}:${percent}, ${what}\n`)
        return
      }
      isShown = true
      const done = Math.round(fraction * barWidth)
      screen.write(`\r\u001B[K${label} ${'█'.repeat(done)}${'░'.repeat(barWidth - done)}${percent}  ${what}`)
    },
    end() {
      if (isShown) screen.write('\r\u001B[K')
    },
  }
}
