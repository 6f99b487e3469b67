import type { Variable } from 'eslint-scope'
import { definingNode, type NameTable, type Site } from '../name-table.ts'
import { isNumeric } from '../numeric-key.ts'
import { childOf, isIdentifier, type SyntaxNode } from '../syntax-tree.ts'
import type { ClosureRule } from './closure-rule.ts'

const advice =
  'a named member may only be written on an object that a local variable was declared with; build a new object instead'

/** Named members are written only on objects that the function itself made: any other may outlive the bar. */
export const refuseWrite: ClosureRule = (site, { names }) => {
  const { node } = site
  if (node.type !== 'MemberExpression' || !isTarget(site, names)) return undefined
  if (node['computed'] === true && isNumeric(childOf(node, 'property'), names)) return undefined
  const object = childOf(node, 'object')
  const variable = isIdentifier(object) ? names.variableAt(object) : undefined
  return variable !== undefined && holdsOwnObject(variable) ? undefined : advice
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
