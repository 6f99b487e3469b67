import type { Variable } from 'eslint-scope'
import { definingNode, type NameTable, type Site } from '../name-table.ts'
import { isNumber } from '../numeric-key.ts'
import { childOf, isIdentifier, textOf, type SyntaxNode } from '../syntax-tree.ts'
import type { ClosureRule } from './closure-rule.ts'

const advice =
  'a named member may only be written on an object that a local variable was declared with; build a new object instead'

/** Members without a position are written only on objects that the function itself made: any other may outlive the bar. */
export const refuseWrite: ClosureRule = (site, { names }) => {
  const { node } = site
  if (node.type !== 'MemberExpression' || !isTarget(site, names)) return undefined
  const position = node['computed'] === true ? childOf(node, 'property') : undefined
  if (isNumber(position, names)) return undefined
  const object = childOf(node, 'object')
  const variable = isIdentifier(object) ? names.variableAt(object) : undefined
  if (variable !== undefined && holdsOwnObject(variable)) return undefined
  return isIdentifier(position) ? `[${textOf(position)}] may be no position; write [+${textOf(position)}]` : advice
}

const targetFields: Readonly<Record<string, string>> = {
  ArrayPattern: 'elements',
  AssignmentExpression: 'left',
  AssignmentPattern: 'left',
  ForOfStatement: 'left',
  RestElement: 'argument',
  UpdateExpression: 'argument',
}

function isTarget({ parent, field }: Site, names: NameTable): boolean {
  if (Object.hasOwn(targetFields, parent.type)) return targetFields[parent.type] === field
  const outer = names.siteOf(parent)
  if (parent.type === 'UnaryExpression') return parent['operator'] === 'delete'
  if (parent.type === 'ChainExpression') return outer !== undefined && isTarget(outer, names)
  return parent.type === 'Property' && field === 'value' && outer?.parent.type === 'ObjectPattern'
}

const freshObjects: ReadonlySet<string> = new Set(['ObjectExpression', 'ArrayExpression', 'NewExpression'])

/** The variable is declared with a new object, by its own name, and never given another value. */
function holdsOwnObject({ defs, references }: Variable): boolean {
  const declarators = defs.map((definition) => (definition.type === 'Variable' ? definingNode(definition) : undefined))
  return declarators.every(isDeclaredFresh) && references.every((each) => !each.isWrite() || each.init === true)
}

function isDeclaredFresh(declarator: SyntaxNode | undefined): boolean {
  if (declarator === undefined || !isIdentifier(childOf(declarator, 'id'))) return false
  return freshObjects.has(childOf(declarator, 'init')?.type ?? '')
}
