import type { NodeSpec, Operator } from '../graph/node-spec.ts'
import { kernelLoop } from './kernel-loop.ts'

/** A column per input, all of `rows` values. */
interface KernelRun {
  readonly inputs: readonly Float64Array[]
  readonly rows: number
  /** Told what a step threw; if it returns, the row has no value and the run goes on. */
  readonly fail: (row: number, cause: unknown) => void
}

/** Runs a node's kernel over all rows and gives a column per output. */
export function runKernel(
  node: NodeSpec,
  operator: Operator,
  { inputs, rows, fail }: KernelRun,
): readonly Float64Array[] {
  const state = operator.init(node.settings)
  const outputs = node.outputs.map(() => new Float64Array(rows))
  const loop = kernelLoop(operator, inputs.length, outputs.length)
  for (let row = 0; row < rows; row++) {
    const failed = loop(state, inputs, outputs, row)
    if (failed === undefined) break
    fail(failed.row, failed.cause)
    for (const output of outputs) output[failed.row] = NaN
    row = failed.row
  }
  return outputs
}

/** Infinite results are no values either: nothing downstream could recover from them. */
export function finiteOrNaN(value: number): number {
  return value - value === 0 ? value : NaN
}
