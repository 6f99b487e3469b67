import { QmtlError } from '@qmtl/contracts'
import type { ParameterValue, ParameterValues } from '../graph/parameters.ts'

/** The values that a search tries for one parameter. */
export interface ParameterAxis {
  readonly name: string
  readonly values: readonly ParameterValue[]
}

const mostCombinations = 100_000

/**
 * Every combination of the axes' values; the last axis varies first. Without axes it is one empty combination. Throws
 * `E_INVALID_PARAMETER` for a name given twice, an axis without values and more than 100,000 combinations.
 */
export function gridOf(axes: readonly ParameterAxis[]): readonly ParameterValues[] {
  const names = axes.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw refused(`parameter '${twice}' is given twice; list its values once`)
  const empty = axes.find(({ values }) => values.length === 0)
  if (empty !== undefined) throw refused(`parameter '${empty.name}' has no values to try`)
  const count = axes.reduce((product, { values }) => product * values.length, 1)
  if (count > mostCombinations) {
    throw refused(
      `${count} combinations; at most ${mostCombinations} are tried: widen the steps or name fewer parameters`,
    )
  }
  let combinations: readonly ParameterValues[] = [{}]
  for (const { name, values } of axes) {
    combinations = combinations.flatMap((others) => values.map((value) => ({ ...others, [name]: value })))
  }
  return combinations
}

function refused(message: string): QmtlError {
  return new QmtlError('E_INVALID_PARAMETER', message)
}
