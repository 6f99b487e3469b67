import { analyze, type Definition, type Reference, type Variable } from 'eslint-scope'
import { grammar } from './grammar.ts'
import type { FunctionSource } from './function-source.ts'
import { childOf, childrenOf, isFunctionNode, isIdentifier, isSyntaxNode, type SyntaxNode } from './syntax-tree.ts'

/** Where a node stands: its parent, the field of the parent and the place in that field's list. */
export interface Site {
  readonly node: SyntaxNode
  readonly parent: SyntaxNode
  readonly field: string
  readonly index: number
}

/** Every node of one function with its place, and what each of its names means. */
export interface NameTable {
  readonly root: SyntaxNode
  /** The function's nodes in source order; what stands under a refused construct is left out. */
  readonly sites: readonly Site[]
  siteOf(node: SyntaxNode): Site | undefined
  /** The use of a variable at this identifier; nothing where it declares or only names a member. */
  referenceAt(identifier: SyntaxNode): Reference | undefined
  /** The variable that the function itself declares. */
  variableAt(identifier: SyntaxNode): Variable | undefined
  /** True where the name comes from outside the function. */
  isFree(identifier: SyntaxNode): boolean
}

/** Resolves the names of a parsed function. */
export function tableOfNames(source: FunctionSource): NameTable {
  const { root } = source
  const sites = [...walk(root, source.program, 'root', 0)]
  const places = new Map(sites.map((site) => [site.node, site]))
  const references = new Map<unknown, Reference>()
  if (isProgram(source.program)) {
    const { scopes } = analyze(source.program, { ecmaVersion: 2024, sourceType: 'module' })
    for (const reference of scopes.flatMap((scope) => scope.references)) references.set(reference.identifier, reference)
  }
  return {
    root,
    sites,
    siteOf: (node) => places.get(node),
    referenceAt: (identifier) => references.get(identifier),
    variableAt: (identifier) => references.get(identifier)?.resolved ?? undefined,
    isFree: (identifier) => references.get(identifier)?.resolved === null,
  }
}

function* walk(node: SyntaxNode, parent: SyntaxNode, field: string, index: number): Iterable<Site> {
  yield { node, parent, field, index }
  for (const name of grammar[node.type] ?? []) {
    const value = node[name]
    const children: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const [place, child] of children.entries()) if (isSyntaxNode(child)) yield* walk(child, node, name, place)
  }
}

function isProgram(node: unknown): node is Parameters<typeof analyze>[0] {
  return isSyntaxNode(node) && node.type === 'Program'
}

/** The node that makes a variable: its declarator, or the function that it names or is a parameter of. */
export function definingNode(definition: Definition): SyntaxNode | undefined {
  const node: unknown = definition.node
  return isSyntaxNode(node) ? node : undefined
}

/** True for `const f = () => …`, `function f() {…}` and the own name of a function expression. */
export function holdsFunction({ defs }: Variable): boolean {
  return defs.some((definition) => {
    if (definition.type === 'FunctionName') return true
    const declarator = definition.type === 'Variable' ? definingNode(definition) : undefined
    if (declarator === undefined) return false
    return isIdentifier(childOf(declarator, 'id')) && isFunctionNode(childOf(declarator, 'init'))
  })
}

/** Place of the variable among the parameters of `owner`; nothing for any other variable. */
export function parameterPlace({ defs }: Variable, owner: SyntaxNode): number | undefined {
  const definition = defs.find((each) => each.type === 'Parameter' && definingNode(each) === owner)
  if (definition?.type !== 'Parameter') return undefined
  const identifier: unknown = definition.name
  const place = childrenOf(owner, 'params').findIndex((parameter) => contains(parameter, identifier))
  return place === -1 ? undefined : place
}

function contains(outer: SyntaxNode, inner: unknown): boolean {
  return isSyntaxNode(inner) && outer.start <= inner.start && inner.end <= outer.end
}

/** The name of a non-computed member of a global: `from` in `Array.from`. */
export function globalMember(node: SyntaxNode | undefined, names: NameTable): string | undefined {
  if (node?.type !== 'MemberExpression' || node['computed'] === true) return undefined
  const object = childOf(node, 'object')
  const property = childOf(node, 'property')
  if (!isIdentifier(object) || !names.isFree(object) || !isIdentifier(property)) return undefined
  return String(property['name'])
}
