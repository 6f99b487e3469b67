import { appendEvents, inByteOrder } from '@qmtl/service-kit'
import type { Transaction } from 'kysely'
import type { GraphChanges, TaggedQueue, TouchedTagSet } from '../graph/graph-draft.ts'
import { queueSetKeyOf, queueUpdatedOf } from '../graph/queue-event.ts'
import { tagsOfText } from '../graph/tag-text.ts'
import type { GraphStatements } from './graph-statements.ts'
import type { DagManagerTables, QueueTagRow } from './tables.ts'

/** Keeps what a group of diffs adds, and the events that tell of it, inside the transaction that read the graph. */
export async function writeChanges(
  trx: Transaction<DagManagerTables>,
  statements: GraphStatements,
  changes: GraphChanges,
  nowMs: number,
): Promise<void> {
  await statements.insertNodes.run(trx, changes.nodes)
  await statements.insertQueues.run(trx, changes.queues)
  for (const { position, buffering_since_ms } of changes.changedNodes) {
    await trx.updateTable('nodes').set({ buffering_since_ms }).where('position', '=', position).execute()
  }
  for (const { position, tags } of changes.retaggedQueues) {
    await trx.updateTable('queues').set({ tags }).where('position', '=', position).execute()
  }
  await statements.insertQueueTags.run(trx, changes.taggedQueues.flatMap(queueTagsOf))
  await statements.insertPlans.run(trx, changes.plans)
  await statements.insertSentinels.run(trx, changes.sentinels)
  await announce(trx, statements, changes.touchedTagSets, nowMs)
}

/** One event per queue set and transaction, however many diffs of the group touched it. */
async function announce(
  trx: Transaction<DagManagerTables>,
  statements: GraphStatements,
  sets: readonly TouchedTagSet[],
  nowMs: number,
): Promise<void> {
  const counted = await statements.countSetChanges.run(trx, sets.map(queueSetKeyOf))
  const versions = new Map(counted.map(({ set_key, state_version }) => [set_key, state_version]))
  const events = []
  for (const set of sets) {
    const topics = await topicsOfSet(trx, set)
    events.push(queueUpdatedOf(set, topics, versions.get(queueSetKeyOf(set)) ?? 1, nowMs))
  }
  await appendEvents(trx, events)
}

async function topicsOfSet(trx: Transaction<DagManagerTables>, set: TouchedTagSet): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('queue_tags')
    .innerJoin('queues', 'queues.position', 'queue_tags.queue_position')
    .select('topic')
    .where('tag', '=', tagsOfText(set.tags)[0] ?? '')
    .where('interval', '=', set.interval)
    .where('queue_tags.context', '=', set.queueContext)
    .where('tags', '=', set.tags)
    .orderBy(inByteOrder(trx, 'topic'))
    .execute()
  return rows.flatMap(({ topic }) => topic ?? [])
}

function queueTagsOf({ position, interval, queueContext, tags }: TaggedQueue): readonly QueueTagRow[] {
  return tagsOfText(tags).map((tag) => ({ tag, interval, context: queueContext, queue_position: position }))
}
