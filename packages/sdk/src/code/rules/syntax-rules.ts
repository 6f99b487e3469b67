import { grammar, refusedSyntax } from '../grammar.ts'
import { childOf, isIdentifier } from '../syntax-tree.ts'
import type { ClosureRule } from './closure-rule.ts'

/** Constructs outside the grammar. */
export const refuseSyntax: ClosureRule = ({ node }) => {
  if (Object.hasOwn(grammar, node.type)) return undefined
  return refusedSyntax[node.type] ?? `${node.type} is not a construct of a closed function`
}

/** Functions that do not answer at once. */
export const refuseFunctionKind: ClosureRule = ({ node }) => {
  if (node['async'] === true) return '`async` functions wait for the outside; a node answers at once'
  return node['generator'] === true ? 'generators are refused' : undefined
}

/** Reading a member must not run code. */
export const refuseAccessor: ClosureRule = ({ node, parent }) => {
  if (node.type !== 'Property' || parent.type === 'ObjectPattern' || node['kind'] === 'init') return undefined
  return 'getters and setters are refused; use a plain member'
}

/** `arguments` would hand out helpers and views without their names. */
export const refuseArguments: ClosureRule = ({ node }, { names }) => {
  const isUse = isIdentifier(node, 'arguments') && names.referenceAt(node) !== undefined
  return isUse ? '`arguments` is refused; name the parameters' : undefined
}

/** Objects are made by built-ins only. */
export const refuseNew: ClosureRule = ({ node }, { names }) => {
  if (node.type !== 'NewExpression') return undefined
  const callee = childOf(node, 'callee')
  return isIdentifier(callee) && names.isFree(callee) ? undefined : '`new` takes a built-in such as Map or Float64Array'
}
