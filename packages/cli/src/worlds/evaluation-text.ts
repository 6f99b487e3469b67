import type { Evaluation, GateResult, Verdict } from '@qmtl/contracts'
import { coreStatisticNames } from '@qmtl/statistics'
import type { NameOf } from '../client/strategy-names.ts'
import { outcomeMark } from '../output/marks.ts'
import { count, noNumber } from '../output/numbers.ts'
import { shortNumber, statisticText } from '../output/statistic-text.ts'
import type { Style } from '../output/style.ts'
import { table, type Column } from '../output/table.ts'
import { minuteText } from '../output/times.ts'
import { wrapText } from '../output/wrap-text.ts'
import { wrappedTable } from '../output/wrapped-table.ts'

/** Longest name of a strategy above a column of figures. */
const widestName = 16

export interface EvaluationNames {
  readonly nameOf: NameOf
  /** File of the policy that was tried; undefined: the world's own. */
  readonly policyFile: string | undefined
}

/** Every verdict gate by gate, and the statistics of all strategies side by side. */
export function evaluationText(evaluation: Evaluation, names: EvaluationNames, style: Style): string {
  const { nameOf } = names
  const verdicts = evaluation.verdicts.toSorted(byOutcome)
  const sections = [
    headText(evaluation, names, style),
    ...verdicts.map((verdict) => verdictText(verdict, nameOf(verdict.strategy_id), style)),
    statisticsText(verdicts, nameOf, style),
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

const order: readonly Verdict['outcome'][] = ['pass', 'inconclusive', 'fail']

/** Best first: those that pass by their rank, then the open cases, then those that fail. */
function byOutcome(a: Verdict, b: Verdict): number {
  return order.indexOf(a.outcome) - order.indexOf(b.outcome) || (a.rank ?? Infinity) - (b.rank ?? Infinity) || 0
}

function headText(evaluation: Evaluation, { nameOf, policyFile }: EvaluationNames, style: Style): string {
  const { world_id, policy_version, stage, evaluated_at, verdicts, promote, demote } = evaluation
  const own = policy_version === 0 ? 'no policy' : `policy ${policy_version}`
  const policy = policyFile === undefined ? own : `policy ${policyFile} (tried, not stored)`
  const title = `${style.bold(`world ${world_id}`)}  ${policy}, ${stage} evidence, ${minuteText(evaluated_at)} UTC`
  if (verdicts.length === 0)
    return `${title}\n  no strategy is bound to the world: qmtl submit FILE --world ${world_id}`
  const names = (ids: readonly string[]) => (ids.length === 0 ? 'nobody' : ids.map(nameOf).join(', '))
  const next = `an apply would promote ${names(promote)} and demote ${names(demote)}`
  return `${title}\n${wrapText(`${tally(verdicts)}; ${next}`, { width: style.width, lead: '  ' })}`
}

function tally(verdicts: readonly Verdict[]): string {
  const of = (outcome: Verdict['outcome']) => verdicts.filter((verdict) => verdict.outcome === outcome).length
  return `${count(of('pass'))} pass, ${count(of('fail'))} fail, ${count(of('inconclusive'))} inconclusive`
}

function verdictText({ strategy_id, outcome, gates, score, rank }: Verdict, name: string, style: Style): string {
  const facts = [
    ...(rank === null ? [] : [`rank ${rank}`]),
    ...(score === null ? [] : [`score ${shortNumber(score)}`]),
    ...(name === strategy_id ? [] : [strategy_id]),
  ]
  const title = `${outcomeMark(outcome, style)} ${style.bold(name)}  ${outcome}  ${style.dim(facts.join(' · '))}`
  return `${title.trimEnd()}\n${gatesText(gates, style)}`
}

function gatesText(gates: readonly GateResult[], style: Style): string {
  const columns: readonly Column[] = [
    { title: '' },
    { title: 'gate' },
    { title: 'value', align: 'right' },
    { title: 'threshold' },
    { title: 'sample', align: 'right' },
    { title: gates.every(({ outcome }) => outcome === 'pass') ? '' : 'what would change it' },
  ]
  const rows = gates.map((result) => [
    outcomeMark(result.outcome, style),
    result.gate,
    scalarText(result.value),
    result.threshold ?? '',
    result.sample === null ? noNumber : count(result.sample),
    adviceOf(result),
  ])
  return wrappedTable(columns, rows, style)
}

/** Value and threshold say why a gate failed; why it could not tell is not yet said. */
function adviceOf({ outcome, reason = '', remedy = '' }: GateResult): string {
  if (outcome === 'pass') return ''
  const parts = outcome === 'fail' && remedy !== '' ? [remedy] : [reason, remedy]
  return parts.filter((part) => part !== '').join(': ')
}

function scalarText(value: GateResult['value']): string {
  if (value === null) return noNumber
  return typeof value === 'number' ? shortNumber(value) : String(value)
}

/** The core figures and the supplied ones, a column for each strategy with figures; as many tables as the width asks for. */
function statisticsText(verdicts: readonly Verdict[], nameOf: NameOf, style: Style): string {
  const shown = verdicts.filter(({ statistics }) => Object.keys(statistics).length > 0)
  const known = new Set(shown.flatMap(({ statistics }) => Object.keys(statistics)))
  const wanted = new Set<string>([...coreStatisticNames, ...shown.flatMap(({ supplied }) => supplied)])
  const names = [...known].filter((name) => wanted.has(name))
  const labelWidth = Math.max(0, ...names.map((name) => name.length))
  const perTable = Math.max(1, Math.floor((style.width - 2 - labelWidth) / (widestName + 2)))
  const tables: string[] = []
  for (let start = 0; start < shown.length; start += perTable) {
    const some = shown.slice(start, start + perTable)
    const columns: readonly Column[] = [
      { title: '' },
      ...some.map(({ strategy_id }) => ({ title: cut(nameOf(strategy_id)), align: 'right' as const })),
    ]
    tables.push(
      table(
        columns,
        names.map((name) => [name, ...some.map((verdict) => figureText(verdict, name))]),
      ),
    )
  }
  return tables.join('\n\n')
}

function figureText({ statistics, supplied }: Verdict, name: string): string {
  const figure = statistics[name]
  if (figure === undefined) return noNumber
  return statisticText(figure.value, figure.unit) + (supplied.includes(name) ? ' (supplied)' : '')
}

function cut(name: string): string {
  return name.length <= widestName ? name : `${name.slice(0, widestName - 1)}…`
}
