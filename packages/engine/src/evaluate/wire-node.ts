import type { NodeId } from '@qmtl/contracts'
import { closedRuleOf, operatorOfRule, type ClosedRule } from '../graph/custom-operator.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { findBuiltInKernel, isPortable } from './built-in-kernels.ts'

/** A node as it goes to another thread of this process: without its rule, which the other side finds by `codeHash`. */
export interface WireNode extends Omit<NodeSpec, 'operator' | 'inputs'> {
  readonly inputs: readonly (readonly [role: string, node: NodeId, output: string])[]
  /** An author's rule that is closed. */
  readonly rule: ClosedRule | undefined
  /** Its rule is an author's function that is not closed and does not travel: only its results do. */
  readonly isForeign: boolean
}

export function wireNodeOf({ operator, inputs, ...plain }: NodeSpec): WireNode {
  return {
    ...plain,
    inputs: Object.entries(inputs).map(([role, { node, output }]) => [role, node.id, output] as const),
    rule: operator && closedRuleOf(operator),
    isForeign: !isPortable({ operator, inputs, ...plain }),
  }
}

/**
 * The node that a wire node stands for, over nodes made before. It is the same content, so it has the same id; a foreign one
 * fails where it is run. Throws a `RangeError` for an input or a kernel that is not known here.
 */
export function nodeOfWire(
  { inputs, rule, isForeign, ...plain }: WireNode,
  nodes: ReadonlyMap<NodeId, NodeSpec>,
): NodeSpec {
  const refs = inputs.map(([role, id, output]) => {
    const node = nodes.get(id)
    if (node === undefined) throw new RangeError(`node ${plain.id} came before its input ${id}`)
    return [role, { node, output }] as const
  })
  return Object.freeze({
    ...plain,
    inputs: Object.freeze(Object.fromEntries(refs)),
    operator: isForeign ? foreignOperator : rule === undefined ? operatorOf(plain) : operatorOfRule(rule),
  })
}

const foreignOperator: NonNullable<NodeSpec['operator']> = {
  init: () => {
    throw new RangeError("an author's function runs only in the thread that loaded it")
  },
  step: () => undefined,
}

function operatorOf({ id, kind, nodeType, codeHash }: Omit<NodeSpec, 'operator' | 'inputs'>): NodeSpec['operator'] {
  const kernel = findBuiltInKernel(codeHash)
  if (kernel === undefined && kind !== 'source' && nodeType !== 'align') {
    throw new RangeError(`node ${id} needs the operator '${nodeType}', which this thread does not have`)
  }
  return kernel
}
