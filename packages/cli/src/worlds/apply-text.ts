import { parseInstant, type ApplyAck } from '@qmtl/contracts'
import type { NameOf } from '../client/strategy-names.ts'
import { truthMark } from '../output/marks.ts'
import { count } from '../output/numbers.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'
import { wrapText } from '../output/wrap-text.ts'

type Stages = ApplyAck['stages']

const meanings: Readonly<Record<Stages[number]['stage'], string>> = {
  requested: 'the target is settled',
  freeze: 'no order leaves',
  switch: 'decisions and activation are switched',
  unfreeze: 'orders may leave again',
  completed: 'done',
  rolled_back: 'nothing was switched; the world stays frozen',
}

/** A line for each stage from the `from`th on, with the time since the request. */
export function stageLines(stages: Stages, from: number, style: Style): readonly string[] {
  const [first] = stages
  if (first === undefined) return []
  const startMs = parseInstant(first.ts)
  return stages.slice(from).map(({ stage, ts }) => {
    const after = `+${count(parseInstant(ts) - startMs)} ms`
    return `  ${stage.padEnd(11)}  ${after.padStart(9)}  ${style.dim(meanings[stage])}`
  })
}

/** How an apply ended. */
export function applyText(ack: ApplyAck, nameOf: NameOf, style: Style): string {
  const { ok, world_id, run_id, phase, active, reason } = ack
  const names = active.length === 0 ? 'nobody' : active.map(nameOf).join(', ')
  const head = ok ? `world ${world_id} is applied (${phase})` : `the apply of world ${world_id} was rolled back`
  const rows: readonly (readonly [string, string])[] = [
    ['active', names],
    ['reason', reason ?? ''],
    ['run', run_id],
    ['next', ok ? '' : `qmtl world audit ${world_id}; the world stays frozen until an apply completes`],
  ]
  return `${wrapText(style.bold(head), { width: style.width, lead: `${truthMark(ok, style)} ` })}\n${pairs(rows, style)}`
}
