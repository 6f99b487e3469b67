import { inheritedNames, methodNames, refusedMembers } from '../member-names.ts'
import { globalMember, type NameTable } from '../name-table.ts'
import { isNumeric } from '../numeric-key.ts'
import { childOf, isIdentifier, memberName, textOf, type SyntaxNode } from '../syntax-tree.ts'
import { isCalled, type ClosureRule } from './closure-rule.ts'

/** Members that lead outside, methods read as values, and keys that could spell either. */
export const refuseMember: ClosureRule = (site, { names }) => {
  const { node } = site
  if (node.type !== 'MemberExpression') return undefined
  const name = memberName(node, 'property')
  if (name === undefined) return refuseComputed(childOf(node, 'property'), names)
  const refusal = refuseName(name)
  if (refusal !== undefined) return refusal
  if (!methodNames.has(name) || globalMember(node, names) !== undefined || isCalled(site)) return undefined
  return `'.${name}' is the name of a built-in method, which may only be called; give your own member another name`
}

/** The same for members named in object literals and destructuring patterns. */
export const refusePropertyName: ClosureRule = ({ node, parent }, { names }) => {
  if (node.type !== 'Property') return undefined
  const name = memberName(node, 'key')
  if (name === undefined) return node['computed'] === true ? refuseComputed(childOf(node, 'key'), names) : undefined
  const refusal = refuseName(name)
  if (refusal !== undefined || parent.type !== 'ObjectPattern') return refusal
  // The arguments themselves are plain objects: their own names are the author's.
  const isArgument = names.siteOf(parent)?.parent === names.root
  if (!(isArgument ? inheritedNames : methodNames).has(name)) return undefined
  return `'${name}' is the name of a built-in method, which may only be called`
}

function refuseName(name: string): string | undefined {
  const reason = refusedMembers.get(name)
  return reason === undefined ? undefined : `'.${name}' is refused: ${reason}`
}

function refuseComputed(key: SyntaxNode | undefined, names: NameTable): string | undefined {
  if (isNumeric(key, names)) return undefined
  const shown = isIdentifier(key) ? textOf(key) : '…'
  return `[${shown}] could spell the name of any member; write [+${shown}] for a position, or use a Map for names`
}
