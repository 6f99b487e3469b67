import type { Variable } from 'eslint-scope'
import { callbackMethods } from './member-names.ts'
import { definingNode, globalMember, type NameTable, type Site } from './name-table.ts'
import { childOf, childrenOf, isIdentifier, memberName, textOf, type SyntaxNode } from './syntax-tree.ts'

const arithmetic: ReadonlySet<string> = new Set(['-', '*', '/', '%', '**', '|', '&', '^', '<<', '>>', '>>>'])
const numericCalls: ReadonlySet<string> = new Set(['Number', 'parseInt', 'parseFloat'])
const numericGlobals: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity'])

/**
 * True where an expression is certain to be a number, a bigint or nothing, so that `x[expression]` cannot spell the name of
 * a member. A variable is numeric if each value ever given to it is.
 */
export function isNumeric(expression: SyntaxNode | undefined, names: NameTable): boolean {
  return numericIn(expression, { names, isStrict: false, assumed: new Set() })
}

/**
 * True where an expression is certain to be a number: not a bigint, nor a variable without a value yet. Only a number never
 * makes a new member of a typed array.
 */
export function isNumber(expression: SyntaxNode | undefined, names: NameTable): boolean {
  return numericIn(expression, { names, isStrict: true, assumed: new Set() })
}

interface Question {
  readonly names: NameTable
  /** Asked for a number, and nothing else. */
  readonly isStrict: boolean
  /** Variables taken as numeric while their own values are looked at. */
  readonly assumed: ReadonlySet<Variable>
}

type NumericTest = (node: SyntaxNode, question: Question) => boolean

/** By type of expression; any other may be anything. */
const numericTests: Readonly<Record<string, NumericTest>> = {
  Literal: ({ value }) => typeof value === 'number',
  UpdateExpression: (node, question) => !question.isStrict || areNumeric(node, ['argument'], question),
  UnaryExpression: (node, question) => isNumericSign(node, question),
  BinaryExpression: (node, question) => isNumericOperation(textOf(node, 'operator'), node, question),
  AssignmentExpression: (node, question) => isNumericAssignment(node, question),
  ConditionalExpression: (node, question) => areNumeric(node, ['consequent', 'alternate'], question),
  LogicalExpression: (node, question) => areNumeric(node, ['left', 'right'], question),
  CallExpression: (node, { names }) => isNumericCall(childOf(node, 'callee'), names),
  Identifier: (node, question) => isNumericName(node, question),
}

function numericIn(node: SyntaxNode | undefined, question: Question): boolean {
  const test = node !== undefined && Object.hasOwn(numericTests, node.type) ? numericTests[node.type] : undefined
  return node !== undefined && test !== undefined && test(node, question)
}

function areNumeric(node: SyntaxNode, fields: readonly string[], question: Question): boolean {
  return fields.every((field) => numericIn(childOf(node, field), question))
}

function isNumericSign(node: SyntaxNode, question: Question): boolean {
  const operator = textOf(node, 'operator')
  if (operator === '+') return true
  return (operator === '-' || operator === '~') && (!question.isStrict || areNumeric(node, ['argument'], question))
}

function isNumericOperation(operator: string, node: SyntaxNode, question: Question): boolean {
  if (operator === '+') return areNumeric(node, ['left', 'right'], question)
  if (!arithmetic.has(operator)) return false
  // One side decides: arithmetic of a number and a bigint throws.
  return !question.isStrict || ['left', 'right'].some((field) => areNumeric(node, [field], question))
}

function isNumericAssignment(node: SyntaxNode, question: Question): boolean {
  const operator = textOf(node, 'operator')
  if (operator === '=') return areNumeric(node, ['right'], question)
  return isNumericOperation(operator.slice(0, -1), node, question)
}

function isNumericCall(callee: SyntaxNode | undefined, names: NameTable): boolean {
  if (callee === undefined) return false
  if (isIdentifier(callee)) return names.isFree(callee) && numericCalls.has(textOf(callee))
  return globalMember(callee, names) !== undefined && isIdentifier(childOf(callee, 'object'), 'Math')
}

function isNumericName(identifier: SyntaxNode, question: Question): boolean {
  const { names, isStrict, assumed } = question
  if (names.isFree(identifier)) return numericGlobals.has(textOf(identifier)) && !(isStrict && isNothing(identifier))
  const variable = names.variableAt(identifier)
  if (variable === undefined) return false
  if (assumed.has(variable)) return true
  const deeper = { ...question, assumed: new Set([...assumed, variable]) }
  const isLocal = variable.defs.every(({ type }) => type === 'Variable') && (!isStrict || isAlwaysSet(variable, names))
  const declared = isLocal || isElementIndex(variable, names)
  return declared && writesOf(variable, names).every((write) => isNumericWrite(write, deeper))
}

function isNothing(identifier: SyntaxNode): boolean {
  return textOf(identifier) === 'undefined'
}

/** Declared by `let` or `const` with a value: reading it any earlier throws. */
function isAlwaysSet({ defs }: Variable, names: NameTable): boolean {
  return defs.every((definition) => {
    const declarator = definingNode(definition)
    const declaration = declarator === undefined ? undefined : names.siteOf(declarator)?.parent
    return declarator !== undefined && childOf(declarator, 'init') !== undefined && declaration?.['kind'] !== 'var'
  })
}

function writesOf(variable: Variable, names: NameTable): readonly SyntaxNode[] {
  const sites = names.sites.filter(
    ({ node }) => isIdentifier(node, variable.name) && names.variableAt(node) === variable,
  )
  return sites.map(({ node }) => node).filter((node) => names.referenceAt(node)?.isWrite() === true)
}

function isNumericWrite(identifier: SyntaxNode, question: Question): boolean {
  const parent = question.names.siteOf(identifier)?.parent
  if (parent?.type === 'VariableDeclarator') return numericIn(childOf(parent, 'init'), question)
  const isTarget = parent?.type === 'AssignmentExpression' && childOf(parent, 'left') === identifier
  return parent?.type === 'UpdateExpression' || (isTarget && numericIn(parent, question))
}

/**
 * True for `i` in `values.map((value, i) => …)` and `Array.from(values, (value, i) => …)`. A callback with a name of its own
 * may also call itself, with anything.
 */
function isElementIndex({ defs }: Variable, names: NameTable): boolean {
  const [definition, ...others] = defs
  if (definition?.type !== 'Parameter' || others.length > 0) return false
  const callback = definingNode(definition)
  const parameter = callback === undefined ? undefined : indexParameter(callback, names)
  const declared: unknown = definition.name
  return isIdentifier(parameter) && parameter === declared
}

function indexParameter(callback: SyntaxNode, names: NameTable): SyntaxNode | undefined {
  const site = childOf(callback, 'id') === undefined ? names.siteOf(callback) : undefined
  const place = site === undefined ? undefined : indexPlace(site, names)
  return place === undefined ? undefined : childrenOf(callback, 'params')[place]
}

/** Place of the element's index among the arguments that a built-in gives to the callback at this site. */
function indexPlace({ parent, field, index }: Site, names: NameTable): number | undefined {
  const callee = parent.type === 'CallExpression' && field === 'arguments' ? childOf(parent, 'callee') : undefined
  if (callee?.type !== 'MemberExpression') return undefined
  if (globalMember(callee, names) === 'from') return index === 1 ? 1 : undefined
  const name = memberName(callee, 'property')
  return name === undefined || index !== 0 ? undefined : callbackMethods.get(name)
}
