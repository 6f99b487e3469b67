import type { ExplainedGate, Explanation } from '@qmtl/contracts'
import { truthMark } from '../output/marks.ts'
import { noNumber } from '../output/numbers.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'
import { minuteText } from '../output/times.ts'
import { wrappedTable } from '../output/wrapped-table.ts'

/** Whether a strategy trades, the first closed gate with what opens it, and every gate in the order an order meets them. */
export function explanationText(explanation: Explanation, name: string, style: Style): string {
  const { world_id, trading, first_closed: first, gates } = explanation
  const head = `${truthMark(trading, style)} ${style.bold(name)} is ${trading ? '' : 'not '}trading in world ${world_id}`
  return [head, ...(first === null ? [] : [closedText(first, style)]), '', gatesText(gates, style)].join('\n')
}

function closedText({ gate, reason, since, opens_when }: ExplainedGate, style: Style): string {
  return pairs(
    [
      ['closed', `${gate}: ${reason}`],
      ['since', since === null ? '' : `${minuteText(since)} UTC`],
      ['opens when', opens_when ?? 'nothing is known to open it'],
    ],
    style,
  )
}

function gatesText(gates: readonly ExplainedGate[], style: Style): string {
  return wrappedTable(
    [{ title: '' }, { title: 'gate' }, { title: 'since (UTC)' }, { title: 'why' }],
    gates.map(({ gate, open, since, reason }) => [
      truthMark(open, style),
      gate,
      since === null ? noNumber : minuteText(since),
      reason,
    ]),
    style,
  )
}
