import type { DecisionEnvelope, World } from '@qmtl/contracts'
import type { NameOf } from '../client/strategy-names.ts'
import { count, shortDecimal } from '../output/numbers.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'
import { table } from '../output/table.ts'
import { minuteText } from '../output/times.ts'

/** What can be told of a world: the document of `qmtl world show --json`. */
export interface WorldOverview {
  readonly world: World
  readonly decision: DecisionEnvelope
  /** Strategies bound to the world, sorted by id. */
  readonly strategies: readonly string[]
  /** Those that the last apply made active, sorted by id. */
  readonly active: readonly string[]
}

/** All worlds, one a line. */
export function worldListText(worlds: readonly World[], style: Style): string {
  if (worlds.length === 0) return 'there is no world yet: qmtl world create --help'
  return table(
    [
      { title: 'world' },
      { title: 'state' },
      { title: 'domain' },
      { title: 'policy', align: 'right' },
      { title: 'epoch', align: 'right' },
      { title: 'data' },
      { title: 'as of (UTC)' },
    ],
    worlds.map((world) => [
      style.bold(world.world_id),
      stateText(world, style),
      domainText(world),
      policyText(world),
      count(world.epoch),
      world.data.preset,
      minuteText(world.data.as_of),
    ]),
  )
}

/** One world: what it grants, its settings and its strategies by name. */
export function worldText(
  { world, decision, strategies, active }: WorldOverview,
  nameOf: NameOf,
  style: Style,
): string {
  const { data } = world
  const rows: readonly (readonly [string, string])[] = [
    ['grants', `${decision.effective_mode} (${decision.reason})`],
    ['domain', domainText(world)],
    ['policy', world.default_policy_version === 0 ? 'none: nobody is promoted' : `version ${policyText(world)}`],
    ['data', `${data.preset}, ${minuteText(data.history_start)} to ${minuteText(data.as_of)} UTC`],
    ['strategies', strategiesText(strategies, active, nameOf)],
    ['costs', `fees ${world.fee_bps} bps, slippage ${world.slippage_bps} bps`],
    ['cash', `${shortDecimal(world.strategy_cash)} for each strategy`],
    ['order limit', world.max_order_notional === null ? 'none' : shortDecimal(world.max_order_notional)],
    ['live', world.allow_live ? style.warn('allowed') : 'not allowed'],
    ['epoch', count(world.epoch)],
    ['owner', world.owner],
    ['labels', world.labels.join(', ')],
    ['about', world.description],
  ]
  const title = world.name === '' ? '' : `  ${world.name}`
  return `${style.bold(world.world_id)}${title}  ${stateText(world, style)}\n${pairs(rows, style)}`
}

function strategiesText(strategies: readonly string[], active: readonly string[], nameOf: NameOf): string {
  const names = active.length === 0 ? '' : `: ${active.map(nameOf).join(', ')}`
  return `${count(strategies.length)} bound, ${count(active.length)} active${names}`
}

function stateText({ state, frozen, circuit_breaker }: World, style: Style): string {
  if (state !== 'ACTIVE') return style.bad(state.toLowerCase())
  if (circuit_breaker) return style.bad('circuit breaker')
  return frozen ? style.warn('frozen') : style.good('active')
}

function domainText({ current_domain }: World): string {
  return current_domain ?? 'none before an apply'
}

function policyText({ default_policy_version: version }: World): string {
  return version === 0 ? 'none' : String(version)
}
