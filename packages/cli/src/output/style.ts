import { styleText } from 'node:util'
import type { Screen } from './screen.ts'

/** How text looks on one screen. Without colours every function returns its text unchanged. */
export interface Style {
  /** Columns that lines may use: those of the terminal, at most 100. */
  readonly width: number
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
}

const widest = 100
const narrowest = 40

/** The style of a screen: colours only on a terminal, and not where `NO_COLOR` is set or `TERM` is `dumb`. */
export function styleFor(screen: Screen, env: Readonly<Record<string, string | undefined>>): Style {
  const hasColour = screen.isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  // Whether this screen wants colours is decided here, not by what stdout is.
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    hasColour && text !== '' ? styleText(format, text, { validateStream: false }) : text
  return {
    width: Math.max(narrowest, Math.min(widest, screen.columns ?? widest)),
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
  }
}
