import { durationMs, QmtlError, suggestName, type ErrorCause, type GateTree, type Policy } from '@qmtl/contracts'
import { isStatisticName, statisticNames, type StatisticName } from '@qmtl/statistics'
import { compileCondition, compileScore, type ExpressionOutcome, type PolicyExpression } from './policy-expression.ts'

/** What ranks candidates: a statistic, or the policy's score expression. */
export type RankMetric = StatisticName | 'score'

/** A gate of a policy, ready to judge. */
export interface CompiledGate {
  /** As verdicts call it: its own name, or its expression. */
  readonly name: string
  readonly condition: PolicyExpression<boolean>
  /** Left side of a simple comparison, whose value a verdict shows. */
  readonly left?: PolicyExpression<number>
}

export interface CompiledPolicy {
  /** Thresholds first, in the order written, then gates. All must pass. */
  readonly gates: readonly CompiledGate[]
  readonly score?: PolicyExpression<number>
  readonly topK?: { readonly k: number; readonly metric: RankMetric }
  readonly hysteresis?: { readonly metric: RankMetric; readonly enter: number; readonly exit: number }
  readonly minHistory?: { readonly ms: number; readonly text: string }
}

/**
 * Checks a policy of the right shape and makes it ready to judge. Throws `E_INVALID_POLICY` with every cause at once: unknown
 * statistics (with the nearest name), CEL errors with position and text, a minimum above its maximum, a rank without a metric.
 */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const causes: ErrorCause[] = []
  const gates = [...thresholdGates(policy, causes), ...treeGates(policy.gates ?? [], causes)]
  const score = policy.score === undefined ? undefined : kept(compileScore(policy.score, '/score'), causes)
  const topK = rankOf(policy, causes)
  const hysteresis = hysteresisOf(policy, causes)
  const [first] = causes
  if (first !== undefined) {
    const rest = causes.length > 1 ? ` (and ${causes.length - 1} more)` : ''
    throw new QmtlError('E_INVALID_POLICY', `${first.path} ${first.message}${rest}`, { errors: causes })
  }
  const history = policy.data_currency?.min_history
  return {
    gates,
    ...(score === undefined ? {} : { score }),
    ...(topK === undefined ? {} : { topK }),
    ...(hysteresis === undefined ? {} : { hysteresis }),
    ...(history === undefined ? {} : { minHistory: { ms: durationMs(history), text: history } }),
  }
}

function thresholdGates(policy: Policy, causes: ErrorCause[]): readonly CompiledGate[] {
  return Object.entries(policy.thresholds ?? {}).flatMap(([name, { min, max }]) => {
    const path = `/thresholds/${name}`
    if (!isStatisticName(name)) {
      causes.push({ path, message: unknownStatistic(name) })
      return []
    }
    if (min !== undefined && max !== undefined && min > max) {
      causes.push({ path, message: `min ${min} is above max ${max}: nothing could pass`, value: { min, max } })
    }
    const bounds = [
      min === undefined ? [] : [`>= ${celNumber(min)}`],
      max === undefined ? [] : [`<= ${celNumber(max)}`],
    ]
    return bounds.flat().flatMap((bound) => gateOf(`${name} ${bound}`, undefined, path, causes))
  })
}

const deepest = 20

function treeGates(trees: readonly GateTree[], causes: ErrorCause[]): readonly CompiledGate[] {
  return trees.flatMap((tree, index) => {
    const path = `/gates/${index}`
    const before = causes.length
    const text = celOf(tree, path, causes, 1)
    const name = typeof tree === 'string' ? undefined : tree.name
    return causes.length > before ? [] : gateOf(text, name, path, causes)
  })
}

/** The CEL text of a gate; each leaf is checked where it stands, so that a cause names its own text and position. */
function celOf(tree: GateTree, path: string, causes: ErrorCause[], depth: number): string {
  if (typeof tree === 'string') return leafOf(tree, path, causes)
  if ('when' in tree) return leafOf(tree.when, `${path}/when`, causes)
  if (depth > deepest) {
    causes.push({ path, message: `is nested deeper than ${deepest}` })
    return 'false'
  }
  const [member, operator, parts] =
    'and' in tree ? (['and', '&&', tree.and] as const) : (['or', '||', tree.or] as const)
  return parts
    .map((part, index) => `(${celOf(part, `${path}/${member}/${index}`, causes, depth + 1)})`)
    .join(` ${operator} `)
}

function leafOf(text: string, path: string, causes: ErrorCause[]): string {
  kept(compileCondition(text, path), causes)
  return text
}

function gateOf(text: string, name: string | undefined, path: string, causes: ErrorCause[]): readonly CompiledGate[] {
  const condition = kept(compileCondition(text, path), causes)
  if (condition === undefined) return []
  const left = condition.comparison && compileScore(condition.comparison.left, path)
  return [{ name: name ?? text.trim(), condition, ...(left && 'expression' in left ? { left: left.expression } : {}) }]
}

function rankOf({ top_k, score }: Policy, causes: ErrorCause[]): CompiledPolicy['topK'] {
  if (top_k === undefined) return undefined
  const { k, metric = score === undefined ? undefined : 'score' } = top_k
  if (metric === undefined) {
    causes.push({ path: '/top_k', message: 'has nothing to rank by: name a metric, or give the policy a score' })
    return undefined
  }
  return metricKnown(metric, '/top_k/metric', score, causes) ? { k, metric } : undefined
}

function hysteresisOf({ hysteresis, score }: Policy, causes: ErrorCause[]): CompiledPolicy['hysteresis'] {
  if (hysteresis === undefined) return undefined
  const { metric, enter, exit } = hysteresis
  if (exit > enter) {
    const message = `exit ${exit} is above enter ${enter}: what just entered would leave at once`
    causes.push({ path: '/hysteresis', message, value: { enter, exit } })
  }
  return metricKnown(metric, '/hysteresis/metric', score, causes) ? { metric, enter, exit } : undefined
}

function metricKnown(
  metric: string,
  path: string,
  score: string | undefined,
  causes: ErrorCause[],
): metric is RankMetric {
  if (metric === 'score' ? score !== undefined : isStatisticName(metric)) return true
  const message = metric === 'score' ? "is 'score', but the policy has no score" : unknownStatistic(metric)
  causes.push({ path, message, value: metric })
  return false
}

function unknownStatistic(name: string): string {
  return `unknown statistic '${name}', ${suggestName(name, statisticNames)}`
}

function kept<Value>(outcome: ExpressionOutcome<Value>, causes: ErrorCause[]): PolicyExpression<Value> | undefined {
  if ('expression' in outcome) return outcome.expression
  causes.push(...outcome.causes)
  return undefined
}

/** JavaScript writes 1e21 and 1e-7; CEL reads both, and 5 as a whole number that compares with any other. */
function celNumber(value: number): string {
  return Object.is(value, -0) ? '0' : String(value)
}
