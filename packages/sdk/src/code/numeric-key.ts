import type { Variable } from 'eslint-scope'
import { callbackMethods } from './member-names.ts'
import { definingNode, globalMember, type NameTable, type Site } from './name-table.ts'
import { childOf, childrenOf, isIdentifier, memberName, textOf, type SyntaxNode } from './syntax-tree.ts'

const arithmetic: ReadonlySet<string> = new Set(['-', '*', '/', '%', '**', '|', '&', '^', '<<', '>>', '>>>'])
const numericCalls: ReadonlySet<string> = new Set(['Number', 'parseInt', 'parseFloat'])
const numericGlobals: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity'])

/**
 * True where an expression is certain to be a number, so that `x[expression]` cannot spell the name of a member. A variable
 * is numeric if each value ever given to it is.
 */
export function isNumeric(expression: SyntaxNode | undefined, names: NameTable): boolean {
  return numericIn(expression, names, new Set())
}

type NumericTest = (node: SyntaxNode, names: NameTable, assumed: ReadonlySet<Variable>) => boolean

/** By type of expression; any other may be anything. */
const numericTests: Readonly<Record<string, NumericTest>> = {
  Literal: ({ value }) => typeof value === 'number',
  UpdateExpression: () => true,
  UnaryExpression: ({ operator }) => operator === '+' || operator === '-' || operator === '~',
  BinaryExpression: (node, names, assumed) =>
    arithmetic.has(textOf(node, 'operator')) ||
    (node['operator'] === '+' && areNumeric(node, ['left', 'right'], names, assumed)),
  AssignmentExpression: (node, names, assumed) => isNumericAssignment(node, names, assumed),
  ConditionalExpression: (node, names, assumed) => areNumeric(node, ['consequent', 'alternate'], names, assumed),
  LogicalExpression: (node, names, assumed) => areNumeric(node, ['left', 'right'], names, assumed),
  CallExpression: (node, names) => isNumericCall(childOf(node, 'callee'), names),
  Identifier: (node, names, assumed) => isNumericName(node, names, assumed),
}

function numericIn(node: SyntaxNode | undefined, names: NameTable, assumed: ReadonlySet<Variable>): boolean {
  const test = node !== undefined && Object.hasOwn(numericTests, node.type) ? numericTests[node.type] : undefined
  return node !== undefined && test !== undefined && test(node, names, assumed)
}

function areNumeric(
  node: SyntaxNode,
  fields: readonly string[],
  names: NameTable,
  assumed: ReadonlySet<Variable>,
): boolean {
  return fields.every((field) => numericIn(childOf(node, field), names, assumed))
}

function isNumericAssignment(node: SyntaxNode, names: NameTable, assumed: ReadonlySet<Variable>): boolean {
  const operator = textOf(node, 'operator')
  if (operator === '=') return areNumeric(node, ['right'], names, assumed)
  if (operator === '+=') return areNumeric(node, ['left', 'right'], names, assumed)
  return arithmetic.has(operator.slice(0, -1))
}

function isNumericCall(callee: SyntaxNode | undefined, names: NameTable): boolean {
  if (callee === undefined) return false
  if (isIdentifier(callee)) return names.isFree(callee) && numericCalls.has(textOf(callee))
  return globalMember(callee, names) !== undefined && isIdentifier(childOf(callee, 'object'), 'Math')
}

function isNumericName(identifier: SyntaxNode, names: NameTable, assumed: ReadonlySet<Variable>): boolean {
  if (names.isFree(identifier)) return numericGlobals.has(textOf(identifier))
  const variable = names.variableAt(identifier)
  if (variable === undefined) return false
  if (assumed.has(variable)) return true
  const deeper = new Set([...assumed, variable])
  const declared = variable.defs.every(({ type }) => type === 'Variable') || isElementIndex(variable, names)
  return declared && writesOf(variable, names).every((write) => isNumericWrite(write, names, deeper))
}

function writesOf(variable: Variable, names: NameTable): readonly SyntaxNode[] {
  const sites = names.sites.filter(
    ({ node }) => isIdentifier(node, variable.name) && names.variableAt(node) === variable,
  )
  return sites.map(({ node }) => node).filter((node) => names.referenceAt(node)?.isWrite() === true)
}

function isNumericWrite(identifier: SyntaxNode, names: NameTable, assumed: ReadonlySet<Variable>): boolean {
  const parent = names.siteOf(identifier)?.parent
  if (parent?.type === 'VariableDeclarator') return numericIn(childOf(parent, 'init'), names, assumed)
  const isTarget = parent?.type === 'AssignmentExpression' && childOf(parent, 'left') === identifier
  return parent?.type === 'UpdateExpression' || (isTarget && numericIn(parent, names, assumed))
}

/** True for `i` in `values.map((value, i) => …)` and `Array.from(values, (value, i) => …)`. */
function isElementIndex(variable: Variable, names: NameTable): boolean {
  const [definition, ...others] = variable.defs
  if (definition?.type !== 'Parameter' || others.length > 0) return false
  const callback = definingNode(definition)
  const site = callback === undefined ? undefined : names.siteOf(callback)
  const place = site === undefined ? undefined : indexPlace(site, names)
  const parameter = callback === undefined || place === undefined ? undefined : childrenOf(callback, 'params')[place]
  const declared: unknown = definition.name
  return isIdentifier(parameter) && parameter === declared
}

/** Place of the element's index among the arguments that a built-in gives to the callback at this site. */
function indexPlace({ parent, field, index }: Site, names: NameTable): number | undefined {
  const callee = parent.type === 'CallExpression' && field === 'arguments' ? childOf(parent, 'callee') : undefined
  if (callee?.type !== 'MemberExpression') return undefined
  if (globalMember(callee, names) === 'from') return index === 1 ? 1 : undefined
  const name = memberName(callee, 'property')
  return name === undefined || index !== 0 ? undefined : callbackMethods.get(name)
}
