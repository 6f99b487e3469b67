import type { DowngradeReason, Plan, PlannedNode } from '@qmtl/contracts'
import { count } from '../output/numbers.ts'
import type { Style } from '../output/style.ts'
import { table } from '../output/table.ts'
import { wrapText } from '../output/wrap-text.ts'

/** `7 nodes: 5 reused, 2 created`. */
export function planCounts({ nodes, reused, created, buffered }: Plan): string {
  const some = buffered > 0 ? `, ${count(buffered)} buffered` : ''
  return `${count(nodes.length)} ${nodes.length === 1 ? 'node' : 'nodes'}: ${count(reused)} reused, ${count(created)} created${some}`
}

const decisionWords: Readonly<Record<PlannedNode['decision'], string>> = {
  reuse: 'reused',
  reuse_buffer: 'buffered',
  new_binding: 'created here',
  create: 'created',
}

/** What becomes of each node, in topological order. */
export function planNodes({ nodes }: Plan, style: Style): string {
  return table(
    [{ title: 'node' }, { title: 'what' }, { title: 'topic' }],
    nodes.map(({ node_type, decision, topic }) => [node_type, decisionWords[decision], style.dim(topic ?? '–')]),
  )
}

const downgrades: Readonly<Record<DowngradeReason, string>> = {
  decision_unavailable: 'the world gave no decision',
  missing_as_of: 'no snapshot of the data is named',
  stale_decision: "the world's last decision is too old",
}

/** What a submission or a strategy must tell beside its state: that it was downgraded, and its warnings. */
export function noticesText(
  {
    downgraded,
    downgrade_reason: reason,
    warnings,
  }: {
    readonly downgraded: boolean
    readonly downgrade_reason: DowngradeReason | null
    readonly warnings: readonly string[]
  },
  style: Style,
): string {
  const why = reason === null ? 'for safety' : `${downgrades[reason]} (${reason})`
  const notices = [...(downgraded ? [`computes only: ${why}`] : []), ...warnings]
  return notices.map((notice) => wrapText(notice, { width: style.width, lead: `  ${style.warn('!')} ` })).join('\n')
}
