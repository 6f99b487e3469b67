import type { SubmitResult } from '@qmtl/sdk'
import type { CommandContext } from '../command/context.ts'
import { sharingText } from '../demo/demo-text.ts'
import { minuteText } from '../output/times.ts'
import { formatInstant } from '@qmtl/contracts'
import type { DeskListener } from './run-desk.ts'

/** Says what a running desk does, a line at a time. */
export interface DevNarrator extends DeskListener {
  ready(place: { readonly url: string; readonly worldIds: readonly string[]; readonly folder: string }): void
  submitted(results: readonly SubmitResult[]): void
  changed(file: string): void
  fault(code: string, message: string, hint?: string): void
}

/** An hour of market bars between two lines about blocked orders: they repeat on every bar. */
const quietBars = 24

export function narrateDev({ say, note, style }: CommandContext): DevNarrator {
  const blockedSince = new Map<string, { readonly reason: string; bars: number }>()

  return {
    ready({ url, worldIds, folder }) {
      say(`  ready at ${style.bold(url)}  ${style.dim(`strategies in ${folder}`)}`)
      if (worldIds.length === 0) say(style.warn('  no world yet: put a file into worlds/, or use qmtl world create'))
      for (const id of worldIds) say(style.dim(`  next: qmtl world evaluate ${id}, then qmtl world apply ${id}`))
    },
    submitted: (results) => results.length > 0 && say(sharingText(style, results)),
    changed: (file) => say(style.dim(`  ${file} changed`)),
    fault: (code, message, hint) =>
      note(`${style.bad(code)}: ${message}${hint === undefined ? '' : `\n  do: ${hint}`}`),
    opened({ worldId, strategies, withoutCode }) {
      say(`  ${style.bold(worldId)} runs ${strategies.length === 0 ? 'no strategy yet' : strategies.join(', ')}`)
      if (withoutCode.length > 0) note(`  without code here, so compute-only: ${withoutCode.join(', ')}`)
    },
    stepped(worldId, { closeTimeMs, sent, fills }) {
      for (const { filled_at, side, quantity, instrument, price } of fills) {
        say(`  ${minuteText(filled_at)}  ${worldId}  filled ${side} ${quantity} ${instrument} at ${price}`)
      }
      for (const { order, outcome } of sent) {
        if (outcome.kind === 'placed') continue
        const reason = outcome.kind === 'blocked' ? outcome.reason : outcome.message
        const seen = blockedSince.get(order.strategy_id)
        if (seen?.reason === reason && (seen.bars += 1) % quietBars !== 0) continue
        if (seen?.reason !== reason) blockedSince.set(order.strategy_id, { reason, bars: 0 })
        const when = minuteText(formatInstant(closeTimeMs))
        say(style.dim(`  ${when}  ${worldId}  ${order.side} ${order.instrument} stopped: ${reason}`))
      }
    },
    failed: (worldId, message) => note(`  ${worldId}: ${message}; trying again`),
  }
}
