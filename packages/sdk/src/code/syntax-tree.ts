/** A node of an ESTree syntax tree, read field by field as the grammar names them. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** True for anything that looks like a syntax node. */
export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** The child in a field, if there is one. */
export function childOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const value = node[field]
  return isSyntaxNode(value) ? value : undefined
}

/** The children in a list field; holes of an array literal are left out. */
export function childrenOf(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isSyntaxNode) : []
}

/** The text of an identifier or of a text field. */
export function textOf(node: SyntaxNode | undefined, field = 'name'): string {
  const value = node?.[field]
  return typeof value === 'string' ? value : ''
}

const functionTypes: ReadonlySet<string> = new Set([
  'FunctionExpression',
  'FunctionDeclaration',
  'ArrowFunctionExpression',
])

/** True for every form of function. */
export function isFunctionNode(node: SyntaxNode | undefined): node is SyntaxNode & { readonly params: unknown } {
  return node !== undefined && functionTypes.has(node.type)
}

/** True for an identifier, with this name where one is given. */
export function isIdentifier(
  node: SyntaxNode | undefined,
  name?: string,
): node is SyntaxNode & { readonly type: 'Identifier' } {
  return node?.type === 'Identifier' && (name === undefined || node['name'] === name)
}

/** The text that a string literal or a template without holes stands for. */
function constantText(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined
  if (node?.type !== 'TemplateLiteral' || childrenOf(node, 'expressions').length > 0) return undefined
  const [element] = childrenOf(node, 'quasis')
  return element === undefined ? undefined : cookedText(element)
}

/** What a part of a template stands for; nothing where an escape is invalid, which only a tag may see. */
export function cookedText({ value }: SyntaxNode): string | undefined {
  if (typeof value !== 'object' || value === null || !('cooked' in value)) return undefined
  return typeof value.cooked === 'string' ? value.cooked : undefined
}

/** The name that a member access or a property is certain to use: `o.name`, `o['name']`, `{ name: … }`. */
export function memberName(node: SyntaxNode, field: 'property' | 'key'): string | undefined {
  const key = childOf(node, field)
  if (node['computed'] === true) return constantText(key)
  return isIdentifier(key) ? textOf(key) : constantText(key)
}
