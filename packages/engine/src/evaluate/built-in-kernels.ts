import { closedRuleOf } from '../graph/custom-operator.ts'
import { builtInCodeHash } from '../graph/make-node.ts'
import type { NodeSpec, Operator } from '../graph/node-spec.ts'
import { findDefinedKernel } from '../operators/define-operator.ts'
import * as arithmetic from '../operators/pointwise/arithmetic-kernels.ts'
import * as comparison from '../operators/pointwise/comparison-kernels.ts'
import * as crossing from '../operators/pointwise/crossing-kernels.ts'
import * as logic from '../operators/pointwise/logic-kernels.ts'
import { crossRank, crossZScore } from '../operators/cross-section/cross-section-kernels.ts'
import { resampleKernel } from '../operators/resample-kernel.ts'
import { barriers } from '../operators/labels/barrier-kernel.ts'
import { forward } from '../operators/labels/forward-return.ts'
import { positionTargetKernel } from '../operators/position-target-kernel.ts'

interface NamedKernel extends Operator {
  readonly name: string
  readonly version: number
}

const files: readonly Readonly<Record<string, NamedKernel>>[] = [
  { ...arithmetic },
  { ...comparison },
  { ...crossing },
  { ...logic },
  { positionTargetKernel, resampleKernel, barriers, forward, crossRank, crossZScore },
]

const namedKernels = new Map<string, Operator>(
  files
    .flatMap((kernels) => Object.values(kernels))
    .map((kernel) => [builtInCodeHash(kernel.name, kernel.version), kernel]),
)

/** The kernel of QMTL that a `code_hash` stands for. Operators are known once the package's entry has been imported. */
export function findBuiltInKernel(codeHash: string): Operator | undefined {
  return namedKernels.get(codeHash) ?? findDefinedKernel(codeHash)
}

/** True for a node that every thread can run: its rule is QMTL's own, closed, or none. */
export function isPortable({ operator, codeHash }: NodeSpec): boolean {
  if (operator === undefined || closedRuleOf(operator) !== undefined) return true
  return findBuiltInKernel(codeHash) === operator
}
