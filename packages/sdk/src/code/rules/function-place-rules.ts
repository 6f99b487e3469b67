import { callbackMethods } from '../member-names.ts'
import { globalMember, holdsFunction, parameterPlace, type NameTable, type Site } from '../name-table.ts'
import {
  childOf,
  childrenOf,
  isFunctionNode,
  isIdentifier,
  memberName,
  textOf,
  type SyntaxNode,
} from '../syntax-tree.ts'
import { isCalled, type ClosureContext, type ClosureRule } from './closure-rule.ts'

const advice = 'a function may be declared with const, called, or given to a built-in such as map, nothing else'

/**
 * A function may be declared, called, or given to a built-in such as `map`. As a value it could be printed (its text is
 * not part of the id) or written on (it may outlive the bar).
 */
export const refuseFunctionPlace: ClosureRule = (site, context) => {
  const { node } = site
  if (isFunctionNode(node)) return isFunctionHome(site, context.names) ? undefined : advice
  if (!isIdentifier(node) || !isFunctionName(node, context)) return undefined
  if (context.names.referenceAt(node)?.init === true) return undefined
  return isCalled(site) || isCallback(site, context.names) ? undefined : `'${textOf(node)}': ${advice}`
}

/** `compute(inputs, params, { mean })` or `helpers.mean(…)`: helpers are called, never looked at. */
export const refuseHelperUse: ClosureRule = (site, { names, helpersAt }) => {
  const { node, parent } = site
  if (helpersAt === undefined) return undefined
  if (parent === names.root && site.field === 'params') {
    if (node.type === 'RestElement' && site.index < helpersAt)
      return 'a rest parameter would hold the helpers; name each'
    return site.index === helpersAt ? refuseHelperPattern(node) : undefined
  }
  if (!isIdentifier(node) || !isHelperBundle(node, names, helpersAt) || isHelperCall(site, names)) return undefined
  return `'${textOf(node)}' holds helpers, which may only be called, as in ${textOf(node)}.mean(…)`
}

function isHelperCall({ parent, field }: Site, names: NameTable): boolean {
  const isObject = parent.type === 'MemberExpression' && field === 'object' && parent['computed'] !== true
  return isObject && isCalled(names.siteOf(parent))
}

function refuseHelperPattern(pattern: SyntaxNode): string | undefined {
  if (isIdentifier(pattern)) return undefined
  const isPlain = (property: SyntaxNode): boolean =>
    property.type === 'Property' && isIdentifier(childOf(property, 'value'))
  if (pattern.type === 'ObjectPattern' && childrenOf(pattern, 'properties').every(isPlain)) return undefined
  return 'take each helper by its name, as in { mean }'
}

function isHelperBundle(identifier: SyntaxNode, names: NameTable, helpersAt: number): boolean {
  return isIdentifier(childrenOf(names.root, 'params')[helpersAt]) && isHelperName(identifier, names, helpersAt)
}

function isHelperName(identifier: SyntaxNode, names: NameTable, helpersAt: number): boolean {
  const variable = names.variableAt(identifier)
  return variable !== undefined && parameterPlace(variable, names.root) === helpersAt
}

function isFunctionName(identifier: SyntaxNode, { names, helpersAt }: ClosureContext): boolean {
  const variable = names.variableAt(identifier)
  if (variable !== undefined && holdsFunction(variable)) return true
  if (helpersAt === undefined || isHelperBundle(identifier, names, helpersAt)) return false
  return isHelperName(identifier, names, helpersAt)
}

function isFunctionHome(site: Site, names: NameTable): boolean {
  const { node, parent, field } = site
  if (node === names.root || node.type === 'FunctionDeclaration') return true
  if (isCalled(site) || isCallback(site, names)) return true
  if (parent.type !== 'VariableDeclarator' || field !== 'init' || !isIdentifier(childOf(parent, 'id'))) return false
  return names.siteOf(parent)?.parent['kind'] === 'const'
}

function isCallback({ parent, field, index }: Site, names: NameTable): boolean {
  const callee = parent.type === 'CallExpression' && field === 'arguments' ? childOf(parent, 'callee') : undefined
  if (callee?.type !== 'MemberExpression') return false
  const member = globalMember(callee, names)
  if (member !== undefined) return member === 'from' && index === 1
  return callbackMethods.has(memberName(callee, 'property') ?? '') && index === 0
}
