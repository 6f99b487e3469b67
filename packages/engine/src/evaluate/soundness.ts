import type { NodeId, QmtlError } from '@qmtl/contracts'
import type { NodeSpec } from '../graph/node-spec.ts'
import type { EvaluationOptions } from './node-failure.ts'

/**
 * Which results came about without a failure. Others must not be kept for later runs: what is found is not run again, so
 * nobody would hear of the failure.
 */
export interface Soundness {
  /** Options under which the node has to be run: they note what fails. */
  optionsFor(node: NodeSpec): EvaluationOptions
  /** Asked once a node has been run, its inputs before it. */
  isSound(node: NodeSpec): boolean
}

export function createSoundness({ onFailure }: EvaluationOptions): Soundness {
  const unsound = new Set<NodeId>()
  return {
    optionsFor(node) {
      if (onFailure === undefined) return {}
      return {
        onFailure(error: QmtlError) {
          unsound.add(node.id)
          onFailure(error)
        },
      }
    },
    isSound(node) {
      if (Object.values(node.inputs).some((input) => unsound.has(input.node.id))) unsound.add(node.id)
      return !unsound.has(node.id)
    },
  }
}
