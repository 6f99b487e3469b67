import { formatInterval } from '@qmtl/contracts'
import type { NodeSpec } from '../graph/node-spec.ts'

/** Names the bars of an instrument and interval. */
export function barsKey({
  instrument,
  intervalMs,
}: {
  readonly instrument: string
  readonly intervalMs: number
}): string {
  return `${instrument} ${formatInterval(intervalMs)}`
}

/** The bars that a source node reads. */
export function sourceKey(node: NodeSpec): string {
  return barsKey({ instrument: node.instrument ?? '', intervalMs: node.intervalMs })
}
