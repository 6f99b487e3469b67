import { formatInstant, messageOf, QmtlError } from '@qmtl/contracts'
import { nodeLabel, type NodeSpec } from '../graph/node-spec.ts'

export interface EvaluationOptions {
  /**
   * Told of each bar on which a node failed. With it the node has no value on that bar, and all others go on; without it the
   * evaluation throws the first failure.
   */
  readonly onFailure?: (error: QmtlError) => void
}

/** What a node threw, as `E_NODE_FAILED` with the node and the close time of the bar. */
export function nodeFailure(node: NodeSpec, closeTimeMs: number, cause: unknown): QmtlError {
  const closed = formatInstant(closeTimeMs)
  return new QmtlError(
    'E_NODE_FAILED',
    `node '${nodeLabel(node)}' failed on the bar closing ${closed}: ${messageOf(cause)}`,
    {
      cause,
      details: { node_id: node.id, name: nodeLabel(node), bar_close_ts: closed },
    },
  )
}
