import { QmtlError } from '@qmtl/contracts'
import { positionTargetKernel } from '../operators/position-target-kernel.ts'
import { instrumentParameter } from './bars.ts'
import { builtInCodeHash, isSeriesRef, makeNode } from './make-node.ts'
import { nodeLabel, type NodeSpec, type Series } from './node-spec.ts'
import { invalidParameters, number, parseParameters, type ParameterValues } from './parameters.ts'

const codeHash = builtInCodeHash(positionTargetKernel.name, positionTargetKernel.version)

/** Targets are signed fractions of the strategy's own equity: 1 is fully long, -0.5 half short. */
interface TargetLevels {
  readonly long: number
  /** Absent: a negative signal means flat. */
  readonly short?: number
  readonly flat: number
}

export interface TargetSettings extends TargetLevels {
  readonly instrument: string
}

export interface PositionTargetOptions {
  readonly instrument: string
  readonly signal: Series
  /** At least 0. */
  readonly long: number
  /** At most 0. */
  readonly short?: number
  /** 0 where it is left out. */
  readonly flat?: number
}

const levels = { long: number({ min: 0 }), flat: number({ default: 0 }) }

/**
 * The intent to hold a fraction of the strategy's equity: `long` while the last signal was above 0, `short` (else `flat`)
 * while it was below 0. A signal of 0 or `NaN` keeps the target; before the first signal it is `flat`. Throws
 * `E_INVALID_PARAMETER`, and `E_DELAYED_INPUT` where the signal is computed from a label.
 */
export function positionTarget({ signal, ...options }: PositionTargetOptions): NodeSpec {
  const settings = parseSettings(options)
  if (!isSeriesRef(signal)) {
    throw invalidParameters('position_target', [
      { path: 'signal', message: 'must be a series, such as crossover(fast, slow)', value: signal },
    ])
  }
  if (signal.node.delayed) {
    throw new QmtlError(
      'E_DELAYED_INPUT',
      `position_target: the signal '${nodeLabel(signal.node)}' is computed from a label`,
    )
  }
  return makeNode({
    nodeType: 'position_target',
    kind: 'intent',
    period: 1,
    settings,
    inputs: { signal },
    outputs: ['target'],
    operator: positionTargetKernel,
    codeHash,
    schema: 'position_target/v1',
    instrument: options.instrument,
  })
}

/** The settings of a `position_target` node. Throws `E_INVALID_PARAMETER` for a node of another type. */
export function targetSettings(node: NodeSpec): TargetSettings {
  return parseSettings(node.settings)
}

function parseSettings({ short, ...others }: { readonly short?: unknown }): TargetSettings & ParameterValues {
  const schema = { instrument: instrumentParameter, ...levels }
  if (short === undefined) return parseParameters('position_target', schema, others)
  return parseParameters('position_target', { ...schema, short: number({ max: 0 }) }, { ...others, short })
}
