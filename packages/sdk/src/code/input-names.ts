import { readFunction, type AnyFunction } from './function-source.ts'
import { childOf, childrenOf, isIdentifier, memberName } from './syntax-tree.ts'

/** The names that a function takes from its first argument; nothing where it takes the argument as a whole. */
export function inputNamesOf(subject: AnyFunction): readonly string[] | undefined {
  const source = readFunction(subject)
  const [first] = 'reason' in source ? [] : childrenOf(source.root, 'params')
  const pattern = first?.type === 'AssignmentPattern' ? childOf(first, 'left') : first
  if (pattern === undefined || isIdentifier(pattern)) return undefined
  const properties = childrenOf(pattern, 'properties')
  const names = properties.map((property) => (property.type === 'Property' ? memberName(property, 'key') : undefined))
  return names.every((name) => name !== undefined) ? names : undefined
}
