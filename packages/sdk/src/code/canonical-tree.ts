import type { JsonObject, JsonValue } from '@qmtl/contracts'
import { grammar } from './grammar.ts'
import { childOf, childrenOf, cookedText, isSyntaxNode, type SyntaxNode } from './syntax-tree.ts'

/**
 * The syntax tree as JSON: the grammar's fields only, so without positions, comments, parentheses and spelling of literals.
 * Texts are kept as their JSON text, because a lone surrogate is legal in code and not in canonical JSON. Expects a tree
 * that the grammar covers.
 */
export function canonicalTree(root: SyntaxNode): JsonObject {
  return nodeForm(root)
}

function nodeForm(node: SyntaxNode): JsonObject {
  if (node.type === 'Literal') return { type: 'Literal', ...literalForm(node) }
  if (node.type === 'TaggedTemplateExpression') return taggedForm(node)
  if (node.type === 'TemplateLiteral') return templateForm(node, false)
  const fields = grammar[node.type] ?? []
  const entries = fields.map((field): [string, JsonValue] => [field, fieldForm(node, node[field], field)])
  return { type: node.type, ...Object.fromEntries(entries) }
}

function fieldForm(node: SyntaxNode, value: unknown, field: string): JsonValue {
  if (Array.isArray(value)) {
    // Type erasure can leave an empty statement where a type stood; in a list it does nothing.
    const items = isStatementList(node, field) ? value.filter((item) => !isEmptyStatement(item)) : value
    return items.map((item) => (isSyntaxNode(item) ? nodeForm(item) : null))
  }
  if (isSyntaxNode(value)) return nodeForm(value)
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'boolean' ? value : null
}

function isStatementList(node: SyntaxNode, field: string): boolean {
  return (node.type === 'BlockStatement' && field === 'body') || (node.type === 'SwitchCase' && field === 'consequent')
}

function isEmptyStatement(item: unknown): boolean {
  return isSyntaxNode(item) && item.type === 'EmptyStatement'
}

function literalForm(node: SyntaxNode): JsonObject {
  const value = node['value']
  const regex = node['regex']
  if (isPattern(regex)) return { regex: [JSON.stringify(regex.pattern), regex.flags] }
  if (typeof value === 'bigint') return { bigint: value.toString() }
  // `1e400` is Infinity, which JSON lacks; a literal is never negative.
  if (typeof value === 'number') return { number: String(value) }
  if (typeof value === 'string') return { text: JSON.stringify(value) }
  return { constant: String(value) }
}

function isPattern(value: unknown): value is { readonly pattern: string; readonly flags: string } {
  return typeof value === 'object' && value !== null && 'pattern' in value && 'flags' in value
}

/** A tag sees the spelling of its template, so there it belongs to the code. */
function taggedForm(node: SyntaxNode): JsonObject {
  const tag = childOf(node, 'tag')
  const quasi = childOf(node, 'quasi')
  return {
    type: node.type,
    tag: tag === undefined ? null : nodeForm(tag),
    quasi: quasi === undefined ? null : templateForm(quasi, true),
  }
}

function templateForm(node: SyntaxNode, spelled: boolean): JsonObject {
  return {
    type: node.type,
    quasis: childrenOf(node, 'quasis').map((element) => elementForm(element, spelled)),
    expressions: fieldForm(node, node['expressions'], 'expressions'),
  }
}

function elementForm(element: SyntaxNode, spelled: boolean): JsonValue {
  const text = cookedText(element)
  const cooked = text === undefined ? null : JSON.stringify(text)
  const { value } = element
  const hasSpelling = typeof value === 'object' && value !== null && 'raw' in value
  return spelled && hasSpelling ? { cooked, raw: JSON.stringify(value.raw) } : { cooked }
}
