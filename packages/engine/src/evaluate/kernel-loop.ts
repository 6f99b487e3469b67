import type { Operator } from '../graph/node-spec.ts'

/** A step that threw, and the row it was at. */
interface FailedRow {
  readonly row: number
  readonly cause: unknown
}

/** Steps `state` from row `from` to the end, or to the first row that throws. */
export type KernelLoop = (
  state: unknown,
  inputs: readonly Float64Array[],
  outputs: readonly Float64Array[],
  from: number,
) => FailedRow | undefined

const loops = new WeakMap<Operator, Map<string, KernelLoop>>()

/**
 * The loop that runs this kernel over columns. Each kernel has one of its own, so that the engine sees a single `step` at its
 * call and compiles it into the loop; over one loop shared by all kernels a light one would take three times as long.
 */
export function kernelLoop(operator: Operator, inputs: number, outputs: number): KernelLoop {
  const ofOperator = loops.get(operator) ?? new Map<string, KernelLoop>()
  loops.set(operator, ofOperator)
  const shape = `${inputs}:${outputs}`
  const known = ofOperator.get(shape)
  if (known !== undefined) return known
  const loop = makeLoop(operator, inputs, outputs)
  ofOperator.set(shape, loop)
  return loop
}

// Only a function made from text is compiled apart: closures of one function share what the engine learns about its calls.
function makeLoop(operator: Operator, inputs: number, outputs: number): KernelLoop {
  const factory = Reflect.construct(Function, ['operator', loopText(inputs, outputs)])
  const loop: unknown = Reflect.apply(factory, undefined, [operator])
  if (!isLoop(loop)) throw new TypeError('the text of a loop makes no function')
  return loop
}

function isLoop(value: unknown): value is KernelLoop {
  return typeof value === 'function'
}

function loopText(inputs: number, outputs: number): string {
  const columns = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `const ${name}${index} = ${name}s[${index}]`).join('\n')
  const reads = Array.from({ length: inputs }, (_, index) => `values[${index}] = input${index}[row]`).join('\n')
  // Infinite results are no values either: nothing downstream could recover from them.
  const writes = Array.from(
    { length: outputs },
    (_, index) => `{ const value = results[${index}]; output${index}[row] = value - value === 0 ? value : NaN }`,
  ).join('\n')
  return `'use strict'
    const values = new Float64Array(${inputs})
    const results = new Float64Array(${outputs})
    return function run(state, inputs, outputs, from) {
      ${columns('input', inputs)}
      ${columns('output', outputs)}
      const rows = output0.length
      let row = from
      try {
        for (; row < rows; row++) {
          ${reads}
          operator.step(state, values, results)
          ${writes}
        }
        return undefined
      } catch (cause) {
        return { row, cause }
      }
    }`
}
