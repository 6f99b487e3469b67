import { decimal, decimalNumber, type ApplyAck, type FreezeResult } from '@qmtl/contracts'
import type { SubmitResult } from '@qmtl/sdk'
import { count, money, percent } from '../output/numbers.ts'
import type { Style } from '../output/style.ts'
import { table } from '../output/table.ts'
import { duration } from '../output/times.ts'
import type { DemoBook } from './demo-report.ts'
import type { PhaseCounts } from './run-demo.ts'

/** The title of a part of the story. */
export function heading(style: Style, number: number, title: string): string {
  const rule = '─'.repeat(Math.max(0, style.width - title.length - 6))
  return `\n${style.bold(` ${number}  ${title}`)} ${style.dim(rule)}`
}

/** What each strategy shares with those before it. */
export function sharingText(style: Style, results: readonly SubmitResult[]): string {
  const rows = results.map(({ name, strategy_id: id, plan, duplicate }) => [
    name,
    count(plan?.nodes.length ?? 0),
    count(plan?.reused ?? 0),
    count(plan?.created ?? 0),
    style.dim(duplicate ? `${id} (submitted before)` : id),
  ])
  const columns = [
    { title: 'strategy' },
    { title: 'nodes', align: 'right' as const },
    { title: 'reused', align: 'right' as const },
    { title: 'created', align: 'right' as const },
    { title: 'id' },
  ]
  return table(columns, rows)
}

/** What became of the orders of a phase. */
export function countsText(style: Style, counts: PhaseCounts): string {
  const reasons = Object.entries(counts.blocked).map(([reason, number]) => `${count(number)} ${reason}`)
  const blocked = reasons.length === 0 ? 'none' : style.warn(reasons.join(', '))
  return [
    `  ${count(counts.bars)} bars, ${count(counts.decided)} orders decided`,
    `  stopped at the first gate: ${blocked}`,
    `  recorded by the Gateway:   ${counts.placed === 0 ? 'none' : style.good(count(counts.placed))}`,
  ].join('\n')
}

/** The phases of an apply with the time each took. */
export function stagesText(
  style: Style,
  { ok, active }: Pick<ApplyAck, 'ok' | 'active'>,
  stages: ApplyAck['stages'],
): string {
  const steps = stages.map(({ stage, ts }, index) => {
    const earlier = stages[index - 1]?.ts
    const took = earlier === undefined ? '' : style.dim(` +${duration(Date.parse(ts) - Date.parse(earlier))}`)
    return `${stage}${took}`
  })
  const verdict = ok
    ? style.good(`${count(active.length)} strategies may trade on paper`)
    : style.bad('rolled back: the world stays frozen')
  return `  ${steps.join(' → ')}\n  ${verdict}`
}

/** The books at this moment. */
export function booksText(
  style: Style,
  books: readonly DemoBook[],
  { balanced, cash }: { readonly balanced: boolean; readonly cash: string },
): string {
  const rows = books.map(({ name, equity, fees, fills }) => {
    const change = decimalNumber(decimal(equity)) / Number(cash) - 1
    return [
      name,
      count(fills),
      money(Number(fees)),
      money(Number(equity)),
      (change < 0 ? style.bad : style.good)(percent(change)),
    ]
  })
  const columns = [
    { title: 'book' },
    { title: 'fills', align: 'right' as const },
    { title: 'fees', align: 'right' as const },
    { title: 'equity', align: 'right' as const },
    { title: 'change', align: 'right' as const },
  ]
  const check = balanced
    ? style.good('every book equals its fills to the last digit')
    : style.bad('the books do not balance')
  return `${table(columns, rows)}\n  ${check}`
}

/** What the freeze proved. */
export function freezeText(style: Style, freeze: FreezeResult): string {
  const gates = freeze.gates.map(({ gate_id, outcome }) => `${gate_id} ${outcome}`)
  return [
    `  frozen under epoch ${freeze.epoch} in ${duration(freeze.took_ms)}; on the wire before: ${freeze.in_flight.length === 0 ? 'nothing' : freeze.in_flight.join(', ')}`,
    ...gates.map((gate) => `  ${style.dim(gate)}`),
  ].join('\n')
}
