import type { NodeSpec, Operator } from '../graph/node-spec.ts'

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
  const loop = createLoop(inputs, outputs)
  for (let row = 0; row < rows; row++) {
    const failed = loop.run(operator, state, row)
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

interface FailedRow {
  readonly row: number
  readonly cause: unknown
}

interface KernelLoop {
  /** Steps from a row to the end, or to the first row that throws. */
  run(operator: Operator, state: unknown, from: number): FailedRow | undefined
}

function createLoop(inputs: readonly Float64Array[], outputs: readonly Float64Array[]): KernelLoop {
  const values = new Float64Array(inputs.length)
  const results = new Float64Array(outputs.length)
  const [input] = inputs
  const [output] = outputs
  // Most nodes have one input and one output; the inner loops over roles would cost them a third of their time.
  const isPlain = inputs.length === 1 && outputs.length === 1 && input !== undefined && output !== undefined
  return {
    run(operator, state, from) {
      const rows = outputs[0]!.length
      let row = from
      try {
        if (isPlain) {
          for (; row < rows; row++) {
            values[0] = input[row]!
            operator.step(state, values, results)
            output[row] = finiteOrNaN(results[0]!)
          }
          return undefined
        }
        for (; row < rows; row++) {
          for (let index = 0; index < values.length; index++) values[index] = inputs[index]![row]!
          operator.step(state, values, results)
          for (let index = 0; index < results.length; index++) outputs[index]![row] = finiteOrNaN(results[index]!)
        }
        return undefined
      } catch (cause) {
        return { row, cause }
      }
    },
  }
}
