import type { StrategyState, StrategyStatus } from '@qmtl/contracts'
import type { Style } from '../output/style.ts'
import { pairs } from '../output/pairs.ts'
import { minuteText } from '../output/times.ts'
import { count } from '../output/numbers.ts'
import { table } from '../output/table.ts'
import { failureText } from './failure-text.ts'
import { noticesText, planCounts } from './plan-text.ts'

/** One strategy: where its submission stands, and its plan. */
export function statusText(status: StrategyStatus, style: Style): string {
  const { name, version, strategy_id, world_ids, submitted_at, plan, error, world_errors: inWorlds } = status
  const lines = [
    `${style.bold(name)} ${version}  ${stateText(status.status, style)}`,
    pairs(
      [
        ['strategy', strategy_id],
        ['worlds', world_ids.join(', ')],
        ['submitted', `${minuteText(submitted_at)} UTC`],
        ['plan', planOf(status)],
        ['domain', plan === null ? '' : domainOf(plan.context)],
        ['error', error === null ? '' : failureText(error)],
        ...inWorlds.map((failure) => [`in ${failure.world_id}`, failureText(failure)] as const),
      ],
      style,
    ),
    noticesText(status, style),
  ]
  return lines.filter((line) => line !== '').join('\n')
}

function planOf({ plan, status }: StrategyStatus): string {
  if (plan !== null) return `${planCounts(plan)} (plan ${plan.plan_number})`
  return status === 'failed' ? '' : 'not made yet'
}

function domainOf({
  execution_domain,
  as_of,
}: {
  readonly execution_domain: string
  readonly as_of: string | null
}): string {
  return as_of === null ? execution_domain : `${execution_domain}, data as of ${as_of}`
}

/** Strategies in a table, and how many there are beside them. */
export function statusListText(
  strategies: readonly StrategyStatus[],
  { total, worldId }: { readonly total: number; readonly worldId: string | undefined },
  style: Style,
): string {
  const where = worldId === undefined ? '' : ` to world ${worldId}`
  if (total === 0) return `no strategy was submitted${where} yet: qmtl submit FILE`
  const listed = table(
    [
      { title: 'strategy' },
      { title: 'id' },
      { title: 'state' },
      { title: 'nodes', align: 'right' },
      { title: 'reused', align: 'right' },
      { title: 'created', align: 'right' },
      { title: 'worlds' },
    ],
    strategies.map((each) => rowOf(each, style)),
  )
  const rest = total - strategies.length
  return rest === 0 ? listed : `${listed}\n  ${style.dim(`and ${count(rest)} older: --limit ${total}`)}`
}

function rowOf({ name, strategy_id, status, plan, error, world_ids }: StrategyStatus, style: Style): string[] {
  const counts = plan === null ? ['–', '–', '–'] : [plan.nodes.length, plan.reused, plan.created].map(count)
  const state = stateText(status, style) + (error === null ? '' : ` ${error.code}`)
  return [name, style.dim(strategy_id), state, ...counts, world_ids.join(', ')]
}

function stateText(state: StrategyState, style: Style): string {
  switch (state) {
    case 'completed':
      return style.good(state)
    case 'failed':
      return style.bad(state)
    case 'queued':
    case 'processing':
      return style.warn(state)
  }
}
