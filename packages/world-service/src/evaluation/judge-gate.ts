import type { GateResult } from '@qmtl/contracts'
import type { StatisticName } from '@qmtl/statistics'
import type { CompiledGate } from '../policy/compile-policy.ts'
import type { Exhibit } from './candidate.ts'

/** Judges one gate of a policy. A statistic without a value, or a number that does not exist, makes it inconclusive. */
export function judgeGate(gate: CompiledGate, exhibit: Exhibit): GateResult {
  const { condition, left } = gate
  const holds = condition.evaluate(exhibit.values)
  const shown = left === undefined ? holds : left.evaluate(exhibit.values)
  const seen = {
    gate: gate.name,
    value: shown ?? null,
    threshold: condition.comparison?.threshold ?? null,
    sample: sampleOf(condition.names, exhibit),
    ...formulaOf(gate, exhibit),
  }
  if (holds === undefined || shown === undefined)
    return { ...seen, outcome: 'inconclusive', ...missingOf(gate, exhibit) }
  return holds ? { ...seen, outcome: 'pass' } : { ...seen, outcome: 'fail', ...shortfallOf(gate, shown) }
}

/** Why statistics have no value, for a gate or a rank that needs them. */
export function missingStatistics(names: readonly StatisticName[], { statistics, values }: Exhibit): string {
  const missing = names.filter((name) => values[name] === undefined)
  return missing.map((name) => `${name}: ${statistics[name]?.reason ?? 'missing'}`).join('; ')
}

/** The smallest sample of the statistics that a gate reads. */
export function sampleOf(names: readonly StatisticName[], { statistics }: Exhibit): number | null {
  const samples = names.flatMap((name) => statistics[name]?.sample ?? [])
  return samples.length === 0 ? null : Math.min(...samples)
}

function formulaOf({ condition, left }: CompiledGate, { statistics }: Exhibit): { formula?: string } {
  const [name, another] = condition.names
  const alone = name !== undefined && another === undefined && left?.text === name
  const formula = alone ? statistics[name]?.formula : undefined
  return formula === undefined ? {} : { formula }
}

function missingOf({ name, condition }: CompiledGate, exhibit: Exhibit): { reason: string; remedy: string } {
  const missing = missingStatistics(condition.names, exhibit)
  return missing === ''
    ? { reason: `${name}: the number does not exist`, remedy: 'more history or trades, or another expression' }
    : { reason: missing, remedy: 'more history or trades, until the statistic has a value' }
}

function shortfallOf(
  { name, condition, left }: CompiledGate,
  seen: number | boolean,
): { reason: string; remedy: string } {
  const comparison = condition.comparison
  if (comparison === undefined || left === undefined || typeof seen !== 'number') {
    return { reason: `${name} is false`, remedy: `improve the strategy until ${condition.text}` }
  }
  const [operator = '', bound = ''] = comparison.threshold.split(' ')
  const reason = `${comparison.left} is ${short(seen)}, needs ${comparison.threshold}`
  const distance = short(Math.abs(Number(bound) - seen))
  if (operator.startsWith('>')) return { reason, remedy: `raise ${comparison.left} by ${distance}` }
  if (operator.startsWith('<')) return { reason, remedy: `lower ${comparison.left} by ${distance}` }
  return { reason, remedy: `improve the strategy until ${condition.text}` }
}

/** Three significant digits are enough for a sentence; the value itself stands beside it. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
