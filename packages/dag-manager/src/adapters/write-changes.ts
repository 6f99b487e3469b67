import { appendEvents, inByteOrder } from '@qmtl/service-kit'
import type { Transaction } from 'kysely'
import { tagSetKeyOf, type GraphChanges, type TaggedQueue, type TouchedTagSet } from '../graph/graph-draft.ts'
import { queueUpdatedOf } from '../graph/queue-event.ts'
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
  for (const { position, topic, tags } of changes.retaggedQueues) {
    await trx.updateTable('queues').set({ tags }).where('position', '=', position).execute()
    if (topic !== null) await trx.deleteFrom('queue_tags').where('topic', '=', topic).execute()
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
  const counted = await statements.countSetChanges.run(trx, sets.map(tagSetKeyOf))
  const versions = new Map(counted.map(({ set_key, state_version }) => [set_key, state_version]))
  const events = []
  for (const set of sets) {
    const topics = await topicsOfSet(trx, set)
    events.push(queueUpdatedOf(set, topics, versions.get(tagSetKeyOf(set)) ?? 1, nowMs))
  }
  await appendEvents(trx, events)
}

async function topicsOfSet(trx: Transaction<DagManagerTables>, set: TouchedTagSet): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('queue_tags')
    .select('topic')
    .where('tag', '=', tagsOfText(set.tags)[0] ?? '')
    .where('interval', '=', set.interval)
    .where('tags', '=', set.tags)
    .where('world_id', set.world_id === null ? 'is' : '=', set.world_id)
    .where('execution_domain', '=', set.execution_domain)
    .orderBy(inByteOrder(trx, 'topic'))
    .execute()
  return rows.map(({ topic }) => topic)
}

function queueTagsOf({ topic, interval, tags, world_id, execution_domain }: TaggedQueue): readonly QueueTagRow[] {
  return tagsOfText(tags).map((tag) => ({ tag, interval, topic, tags, world_id, execution_domain }))
}
