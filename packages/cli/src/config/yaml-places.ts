import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import { QmtlError } from '@qmtl/contracts'

/** A YAML document that knows where each of its values stands. */
export interface PlacedYaml {
  readonly value: unknown
  readonly document: Document.Parsed
  /** `name:line:column` of a value or key by its JSON pointer; of the nearest parent where it is missing. */
  placeOf(pointer: string): string
}

/**
 * Reads YAML 1.2; `name` stands in messages. Throws `code` for bad syntax, with the place of each mistake.
 */
export function readYaml(text: string, name: string, code: 'E_INVALID_CONFIG' | 'E_INVALID_REQUEST'): PlacedYaml {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const place = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset)
    return `${name}:${line}:${col}`
  }
  const errors = document.errors.map(({ message, pos: [offset] }) => ({ path: place(offset), message }))
  const [first] = errors
  if (first)
    throw new QmtlError(code, `${first.path}: ${first.message}`, {
      errors,
      hint: 'correct the YAML at the place named',
    })
  const value: unknown = document.toJS()
  return {
    value,
    document,
    placeOf: (pointer) => place(offsetOf(document, pointer)),
  }
}

function offsetOf(document: Document.Parsed, pointer: string): number {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  let node: Node | null = document.contents
  let offset = node === null ? 0 : offsetOfNode(node)
  for (const step of steps) {
    const next: Found | undefined = childOf(node, step)
    if (next === undefined) break
    offset = next.offset
    node = next.node
  }
  return offset
}

interface Found {
  readonly node: Node | null
  /** Where the key stands, or the item of a list. */
  readonly offset: number
}

function childOf(node: Node | null, step: string): Found | undefined {
  if (isMap<unknown, Node | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step)
    return isScalar(pair?.key) ? { node: pair.value, offset: offsetOfNode(pair.key) } : undefined
  }
  const item = isSeq<Node | null>(node) ? node.items[Number(step)] : undefined
  return item ? { node: item, offset: offsetOfNode(item) } : undefined
}

function offsetOfNode(node: Node): number {
  return node.range?.[0] ?? 0
}
