import type { StepReport } from '@qmtl/sdk'
import type { CommandContext } from '../command/context.ts'
import { count } from '../output/numbers.ts'
import { evaluationText } from '../worlds/evaluation-text.ts'
import { dateText, duration, minuteText } from '../output/times.ts'
import type { DemoReport } from './demo-report.ts'
import { booksText, countsText, freezeText, heading, sharingText, stagesText } from './demo-text.ts'
import { demoWorld } from './demo-world.ts'
import type { DemoListener } from './run-demo.ts'

export interface DemoPlace {
  readonly url: string
  readonly seed: number
  readonly dataDir: string
}

export type DemoNarrator = DemoListener & {
  /** Says where things are. */
  ended(report: DemoReport): void
}

const phaseTitles = {
  'before-activation': 'Before a promotion nothing leaves',
  trading: 'Paper trading',
  'after-freeze': 'After the freeze bars and intents go on, and nothing leaves',
} as const

/** Tells the story while it happens. */
export function narrateDemo({ say, style }: CommandContext, place: DemoPlace): DemoNarrator {
  let chapter = 0
  const title = (text: string) => say(heading(style, (chapter += 1), text))
  let filled = 0

  return {
    worldReady({ created, world, policy }) {
      say(style.bold('\n  QMTL: three strategies, one world, one freeze'))
      say(style.dim(`  gateway ${place.url} · data in ${place.dataDir} · synthetic market, seed ${place.seed}`))
      title(created ? 'A world with a policy' : 'The world of the last run goes on')
      say(
        `  ${style.bold(world.world_id)} judges on ${world.data.preset} bars from ${dateText(world.data.history_start)} to ${dateText(world.data.as_of)}`,
      )
      const thresholds = Object.entries(policy.thresholds ?? {}).map(([name, { min, max }]) => [
        ...(min === undefined ? [] : [`${name} ≥ ${min}`]),
        ...(max === undefined ? [] : [`${name} ≤ ${max}`]),
      ])
      say(`  policy: ${thresholds.flat().join(' · ')} · best ${policy.top_k?.k ?? 0} by ${policy.score ?? ''}`)
    },
    submitted(results) {
      title('Strategies share what they compute')
      say(sharingText(style, results))
    },
    judged(evaluation, names) {
      title('The verdict, gate by gate')
      const nameOf = (id: string) => names.get(id) ?? id
      say(evaluationText(evaluation, { nameOf, policyFile: undefined }, style))
    },
    waiting(phase, instants) {
      title(phaseTitles[phase])
      filled = 0
      if (phase === 'trading') say(style.dim(`  ${count(instants)} hourly bars; the first fills:`))
    },
    stepped(report) {
      for (const line of fillLines(report)) {
        filled += 1
        if (filled <= 6) say(line)
      }
    },
    blockedBefore: (counts) => say(countsText(style, counts)),
    applied(apply, stages) {
      title('Apply in two phases')
      say(stagesText(style, { ok: apply.phase === 'completed', active: [...apply.active] }, [...stages]))
    },
    traded(counts, { books, balanced }) {
      say(countsText(style, counts))
      say(booksText(style, books, { balanced, cash: demoWorld.strategy_cash ?? '0' }))
    },
    frozen(freeze) {
      title('Freeze')
      say(freezeText(style, freeze))
    },
    quiet(counts, reachedVenue) {
      say(countsText(style, counts))
      const proof = `${count(reachedVenue)} orders reached the venue after freeze had returned`
      say(`  ${reachedVenue === 0 ? style.good(proof) : style.bad(proof)}`)
    },
    ended({ took_ms }) {
      title('Where things are')
      say(`  databases ${place.dataDir} · API ${place.url}/openapi.json · metrics ${place.url}/metrics`)
      say(`  try: npx qmtl world show demo --url ${place.url}`)
      say(`       npx qmtl world audit demo --url ${place.url}`)
      say(`       npx qmtl explain golden-cross --url ${place.url}`)
      say(style.dim(`  the story took ${duration(took_ms)}; run it again on the same data and every node is reused`))
    },
  }
}

function fillLines({ fills }: StepReport): readonly string[] {
  return fills.map(
    ({ filled_at, side, quantity, instrument, price, fee }) =>
      `    ${minuteText(filled_at)}  ${side.padEnd(4)} ${quantity.padStart(12)} ${instrument} at ${price}, fee ${Number(fee).toFixed(2)}`,
  )
}
