import { builtInCodeHash, makeNode } from '../../graph/make-node.ts'
import type { Operator, Series, SeriesRef } from '../../graph/node-spec.ts'
import type { ParameterValues } from '../../graph/parameters.ts'
import { seriesWith } from '../../graph/series.ts'

/** A kernel whose values describe a bar of the past from the bars after it. */
export interface LabelKernel<State, Output extends string = string> extends Operator<ParameterValues, State> {
  /** `node_type` of its nodes. */
  readonly name: string
  /** Moves with every change of the kernel, because it stands for the code in the node id. */
  readonly version: number
  /** Names of the values, in the order in which `step` writes them. */
  readonly outputs: readonly Output[]
}

interface LabelDraft<State, Output extends string> {
  readonly kernel: LabelKernel<State, Output>
  /** Bars after the one that is described, the bar of the row the last of them. */
  readonly horizon: number
  /** Bars of each input that one value needs. */
  readonly period: number
  readonly settings: ParameterValues
  /** In the order in which the kernel reads them. */
  readonly inputs: Readonly<Record<string, SeriesRef>>
}

/**
 * The node of a label and the handles on its values: delayed, whatever the inputs are, so that none can be wired into an
 * intent. Throws `E_INVALID_PARAMETER` and `E_MIXED_INTERVALS`.
 */
export function labelSeries<State, Output extends string>(
  draft: LabelDraft<State, Output>,
): Readonly<Record<Output, Series<'delayed'>>> {
  const { kernel, horizon, period, settings, inputs } = draft
  const node = makeNode({
    nodeType: kernel.name,
    kind: 'operator',
    period,
    settings,
    inputs,
    outputs: kernel.outputs,
    operator: kernel,
    codeHash: builtInCodeHash(kernel.name, kernel.version),
    labelDelay: horizon,
  })
  const handles = kernel.outputs.map((output) => [output, seriesWith(node, output, 'delayed')] as const)
  return Object.freeze(Object.fromEntries(handles)) as Record<Output, Series<'delayed'>>
}
