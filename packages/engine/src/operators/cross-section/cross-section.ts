import { builtInCodeHash, isSeriesRef, makeNode } from '../../graph/make-node.ts'
import type { Series, Timing } from '../../graph/node-spec.ts'
import { invalidParameters } from '../../graph/parameters.ts'
import { jointTiming, seriesWith } from '../../graph/series.ts'
import { crossRank, crossZScore, type UniverseKernel } from './cross-section-kernels.ts'

/** How many members a universe may have. */
const largestUniverse = 1000

/**
 * Where each member stands among the members that have a value on the bar, 0 for the lowest to 1 for the highest: the share of
 * the others that are below it, equal ones by half. Gives a series per member, in the order of the members (2 to 1 000); any order
 * makes one node. No value for a member without one, and where it is alone. A bar is there where any member has one.
 */
export function crossSectionalRank<T extends Timing>(members: readonly Series<T>[]): readonly Series<T>[] {
  return acrossUniverse(crossRank, members)
}

/**
 * Distance of each member from the mean of the members that have a value on the bar, in their population standard deviations.
 * Members and order as in `crossSectionalRank`. No value where they are all equal.
 */
export function crossSectionalZScore<T extends Timing>(members: readonly Series<T>[]): readonly Series<T>[] {
  return acrossUniverse(crossZScore, members)
}

function acrossUniverse<T extends Timing, State>(
  kernel: UniverseKernel<State>,
  members: readonly Series<T>[],
): readonly Series<T>[] {
  checkMembers(kernel.name, members)
  const keys = members.map(keyOf)
  const places = new Map(keys.toSorted().map((key, place) => [key, place]))
  const inputs = Object.fromEntries(
    members
      .map((member, index) => [places.get(keys[index] ?? '') ?? 0, member] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([place, member]) => [roleOf(place), member] as const),
  )
  const node = makeNode({
    nodeType: kernel.name,
    kind: 'operator',
    period: 1,
    settings: Object.freeze({ members: members.length }),
    inputs,
    outputs: Object.keys(inputs),
    operator: kernel,
    codeHash: builtInCodeHash(kernel.name, kernel.version),
  })
  const timing = jointTiming(members)
  return keys.map((key) => seriesWith(node, roleOf(places.get(key) ?? 0), timing))
}

function roleOf(place: number): string {
  return `m${place}`
}

function keyOf<T extends Timing>({ node, output }: Series<T>): string {
  return `${node.id} ${output}`
}

function checkMembers(name: string, members: readonly unknown[]): void {
  const strangers = members.flatMap((value, index) =>
    isSeriesRef(value) ? [] : [{ path: `members[${index}]`, message: 'must be a series, such as price.close', value }],
  )
  if (strangers.length > 0) throw invalidParameters(name, strangers)
  if (members.length < 2 || members.length > largestUniverse) {
    const message = `must be 2 to ${largestUniverse} series`
    throw invalidParameters(name, [{ path: 'members', message, value: members.length }])
  }
  const keys = members.filter(isSeriesRef).map(({ node, output }) => `${node.id} ${output}`)
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index)
  if (twice >= 0) throw invalidParameters(name, [{ path: `members[${twice}]`, message: 'is a member twice' }])
}
