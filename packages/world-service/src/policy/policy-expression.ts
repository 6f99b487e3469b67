import {
  Environment,
  EvaluationError,
  ParseError,
  serialize,
  TypeError as CelTypeError,
  type ASTNode,
} from '@marcbachmann/cel-js'
import { suggestName, type ErrorCause } from '@qmtl/contracts'
import { isStatisticName, statisticNames, type StatisticName } from '@qmtl/statistics'

/** Statistics by short name; one that is absent has no value. */
export type StatisticValues = Readonly<Partial<Record<StatisticName, number>>>

/** A checked CEL expression over statistics. */
export interface PolicyExpression<Value> {
  readonly text: string
  /** Statistics that it reads, in order of appearance, each once. */
  readonly names: readonly StatisticName[]
  /** Set where the expression is one comparison with a number, such as `sharpe >= 0.5`. */
  readonly comparison?: { readonly left: string; readonly threshold: string }
  /** The value, or nothing where an absent statistic or a number that does not exist decides it. */
  evaluate(values: StatisticValues): Value | undefined
}

export type ExpressionOutcome<Value> =
  { readonly expression: PolicyExpression<Value> } | { readonly causes: readonly ErrorCause[] }

const functions: Readonly<
  Record<string, { readonly arity: readonly number[]; readonly of: (...values: number[]) => number }>
> = {
  min: { arity: [2, 3, 4], of: Math.min },
  max: { arity: [2, 3, 4], of: Math.max },
  abs: { arity: [1], of: Math.abs },
  log: { arity: [1], of: Math.log },
  exp: { arity: [1], of: Math.exp },
}

const numbers: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

const environment = createEnvironment()

/** A condition: a CEL expression whose value is true or false. `path` is its place in the policy. */
export function compileCondition(text: string, path: string): ExpressionOutcome<boolean> {
  return compile(text, path, {
    type: ['bool'],
    wanted: 'true or false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  })
}

/** A score: a CEL expression whose value is a number; one that is not finite does not exist. */
export function compileScore(text: string, path: string): ExpressionOutcome<number> {
  return compile(text, path, { type: ['double', 'int'], wanted: 'a number', read: finiteNumber })
}

interface Expected<Value> {
  readonly type: readonly string[]
  readonly wanted: string
  read(value: unknown): Value | undefined
}

function compile<Value>(text: string, path: string, expected: Expected<Value>): ExpressionOutcome<Value> {
  let parsed
  try {
    parsed = environment.parse(text)
  } catch (thrown) {
    return { causes: [causeOf(thrown, path, text)] }
  }
  const nodes = nodesOf(parsed.ast)
  const refused = nodes.flatMap((node) => refusalOf(node, path, text))
  if (refused.length > 0) return { causes: refused }
  const { valid, type = '', error } = parsed.check()
  if (!valid) return { causes: [causeOf(error, path, text)] }
  if (!expected.type.includes(type)) {
    return { causes: [{ path, message: `must give ${expected.wanted}, gives ${type}`, value: text }] }
  }
  const names = nodes.flatMap((node) => (node.op === 'id' && isStatisticName(node.args) ? [node.args] : []))
  const comparison = comparisonOf(parsed.ast)
  return {
    expression: {
      text,
      names: [...new Set(names)],
      ...(comparison === undefined ? {} : { comparison }),
      evaluate: (values) => evaluated(() => expected.read(parsed(values))),
    },
  }
}

/** CEL absorbs an error on one side of `||` and `&&` that the other side decides; what remains has no value. */
function evaluated<Value>(evaluate: () => Value): Value | undefined {
  try {
    return evaluate()
  } catch (thrown) {
    if (thrown instanceof EvaluationError) return undefined
    throw thrown
  }
}

function finiteNumber(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

const comparisons = new Set(['>=', '>', '<=', '<', '==', '!='])

function comparisonOf(ast: ASTNode): { left: string; threshold: string } | undefined {
  if (!comparisons.has(ast.op) || !Array.isArray(ast.args)) return undefined
  const [left, right] = ast.args as readonly unknown[]
  if (!isNode(left) || !isNode(right) || nodesOf(right).some(({ op }) => op === 'id')) return undefined
  return { left: serialize(left), threshold: `${ast.op} ${serialize(right)}` }
}

const allowed = new Set<string>([
  ...comparisons,
  ...Object.keys(numbers),
  ...['%', 'value', 'id', 'call', '!_', '-_', '&&', '||', '?:'],
])

/** Numbers, comparisons, logic and the listed functions are all a policy needs; text and its patterns could run for hours. */
function refusalOf(node: ASTNode, path: string, text: string): readonly ErrorCause[] {
  const cause = (message: string): readonly ErrorCause[] => [
    { path, message: `at ${node.range.start}: ${message}`, value: text },
  ]
  if (!allowed.has(node.op)) return cause(`'${node.op}' is not part of policies; use numbers, comparisons and logic`)
  if (node.op === 'value' && !['number', 'bigint', 'boolean'].includes(typeof node.args)) {
    return cause('only numbers, true and false may be written here')
  }
  if (node.op === 'id' && !isStatisticName(node.args)) {
    return cause(`unknown statistic '${node.args}', ${suggestName(node.args, statisticNames)}`)
  }
  if (node.op === 'call' && !Object.hasOwn(functions, node.args[0])) {
    return cause(`unknown function '${node.args[0]}', ${suggestName(node.args[0], Object.keys(functions))}`)
  }
  return []
}

function causeOf(thrown: unknown, path: string, text: string): ErrorCause {
  if (!(thrown instanceof ParseError || thrown instanceof CelTypeError)) throw thrown
  return { path, message: `at ${thrown.range?.start ?? 0}: ${thrown.summary}`, value: text }
}

function nodesOf(node: ASTNode): readonly ASTNode[] {
  const children: unknown = node.args
  return [node, ...operandsOf(children).flatMap(nodesOf)]
}

function operandsOf(args: unknown): readonly ASTNode[] {
  if (isNode(args)) return [args]
  return Array.isArray(args) ? args.flatMap((item: unknown) => operandsOf(item)) : []
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'range' in value
}

function createEnvironment(): Environment {
  const made = new Environment({
    limits: { maxAstNodes: 500, maxDepth: 50, maxListElements: 1, maxMapEntries: 1, maxCallArguments: 4 },
  })
  for (const name of statisticNames) made.registerVariable(name, 'double')
  for (const [operator, apply] of Object.entries(numbers)) {
    // CEL keeps whole and other numbers apart; in a policy `2 * sharpe` means what it says.
    made.registerOperator(`double ${operator} int: double`, (a: number, b: bigint) => apply(a, Number(b)))
    made.registerOperator(`int ${operator} double: double`, (a: bigint, b: number) => apply(Number(a), b))
  }
  made.registerOperator('double == int: bool', (a: number, b: bigint) => a === Number(b))
  for (const [name, { arity, of }] of Object.entries(functions)) {
    for (const types of arity.flatMap(signatures)) {
      made.registerFunction(`${name}(${types.join(', ')}): double`, (...values: (number | bigint)[]) =>
        existing(of(...values.map(Number))),
      )
    }
  }
  return made
}

/** Throwing makes CEL treat the logarithm of zero like an absent statistic. */
function existing(value: number): number {
  if (!Number.isFinite(value)) throw new EvaluationError('the number does not exist')
  return value
}

function signatures(arity: number): readonly (readonly string[])[] {
  if (arity === 0) return [[]]
  return signatures(arity - 1).flatMap((rest) => [
    [...rest, 'double'],
    [...rest, 'int'],
  ])
}
