import type { ParameterAxis } from '@qmtl/engine'
import { Misuse } from '../command/misuse.ts'
import { assignment, type Reader } from '../command/options.ts'

const mostValues = 10_000
const rangePattern = /^([^=]+)=(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/

/** `fast=5..50:5` (both ends belong to it; the step is 1 where it is left out), `kind=a,b,c` or one value `slow=50`. */
export const parameterAxis: Reader<ParameterAxis> = (text, flag) => {
  const [, name, first, last, step = '1'] = rangePattern.exec(text) ?? []
  if (name !== undefined && first !== undefined && last !== undefined) {
    return { name, values: rangeOf({ first, last, step }, text, flag) }
  }
  const [axis, list] = splitAt(text)
  if (axis === '' || list.includes('..')) throw new Misuse(flag, text, 'must be NAME=FROM..TO:STEP, NAME=A,B or NAME=A')
  return { name: axis, values: list.split(',').map((value) => assignment(`${axis}=${value}`, flag)[1]) }
}

function splitAt(text: string): readonly [name: string, values: string] {
  const at = text.indexOf('=')
  return at < 0 ? ['', ''] : [text.slice(0, at), text.slice(at + 1)]
}

interface RangeText {
  readonly first: string
  readonly last: string
  readonly step: string
}

/** Counted in whole steps of the finest decimal written, so that 0.1..0.3:0.1 ends at 0.3. */
function rangeOf({ first, last, step }: RangeText, text: string, flag: string): readonly number[] {
  const digits = Math.max(...[first, last, step].map((part) => part.split('.')[1]?.length ?? 0))
  const scale = 10 ** digits
  const [from, to, by] = [first, last, step].map((part) => Math.round(Number(part) * scale))
  if (from === undefined || to === undefined || by === undefined || by <= 0 || to < from) {
    throw new Misuse(flag, text, 'must ascend by a step above 0')
  }
  const count = Math.floor((to - from) / by) + 1
  if (count > mostValues) throw new Misuse(flag, text, `must have at most ${mostValues} values`)
  return Array.from({ length: count }, (_, index) => (from + index * by) / scale)
}
