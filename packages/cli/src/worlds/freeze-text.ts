import type { FreezeResult, World } from '@qmtl/contracts'
import { truthMark } from '../output/marks.ts'
import { count } from '../output/numbers.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'
import { table } from '../output/table.ts'
import { duration } from '../output/times.ts'

const shownOrders = 10

const outcomes: Readonly<Record<FreezeResult['gates'][number]['outcome'], string>> = {
  acknowledged: 'said that it stopped',
  expired: 'its lease ran out',
}

/** What a freeze promises, how each gate stopped, and what was on the wire before. */
export function freezeText(result: FreezeResult, style: Style): string {
  const { world_id, epoch, frozen, gates, in_flight, took_ms } = result
  const title = style.bold(`world ${world_id} is ${frozen ? '' : 'not '}frozen`)
  const head = `${truthMark(frozen, style)} ${title} under epoch ${epoch}, in ${duration(took_ms)}`
  const stopped = gates.map(({ gate_id, outcome }) => [gate_id, outcome, style.dim(outcomes[outcome])])
  return [
    head,
    '  no order decided before this can reach a venue any more',
    gates.length === 0
      ? '  no gate was open'
      : table([{ title: 'gate' }, { title: 'outcome' }, { title: '' }], stopped),
    pairs(
      [
        ['on the wire before', inFlightText(in_flight)],
        ['release', `qmtl world unfreeze ${world_id}`],
      ],
      style,
    ),
  ].join('\n')
}

function inFlightText(orders: readonly string[]): string {
  if (orders.length === 0) return 'nothing'
  const shown = orders.slice(0, shownOrders).join(', ')
  return orders.length > shownOrders ? `${shown} and ${count(orders.length - shownOrders)} more` : shown
}

/** A world after its release; what else stops its orders is for `qmtl explain` to say. */
export function unfreezeText({ world_id, frozen, epoch, current_domain }: World, style: Style): string {
  const title = style.bold(`world ${world_id} is ${frozen ? 'still frozen' : 'released'}`)
  const orders =
    current_domain === null ? 'no order leaves before the first apply' : `orders may leave in ${current_domain}`
  return `${truthMark(!frozen, style)} ${title} under epoch ${epoch}; ${orders}`
}
