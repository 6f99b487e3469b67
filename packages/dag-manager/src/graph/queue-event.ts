import { formatInstant, type QueueUpdated } from '@qmtl/contracts'
import type { EventDraft } from '@qmtl/service-kit'
import { tagSetKeyOf, type TouchedTagSet } from './graph-draft.ts'
import { tagsOfText } from './tag-text.ts'

/**
 * Tells the full list of queues that carry exactly the tags of a set, never a delta. `stateVersion` counts the changes of
 * this set from 1; `topics` are in order of their bytes.
 */
export function queueUpdatedOf(
  set: TouchedTagSet,
  topics: readonly string[],
  stateVersion: number,
  nowMs: number,
): EventDraft<QueueUpdated> {
  const tags = tagsOfText(set.tags)
  const subject = tagSetKeyOf(set)
  const ts = formatInstant(nowMs)
  return {
    id: `queue_updated:${subject}:${stateVersion}`,
    type: 'queue_updated',
    source: 'qmtl.dagmanager',
    subject,
    time: ts,
    data: {
      version: 1,
      tags,
      interval: set.interval,
      queues: topics.map((queue) => ({ queue, global: false })),
      world_id: set.world_id,
      execution_domain: set.execution_domain,
      state_version: stateVersion,
      etag: `q:${tags.join('.')}:${set.interval}:${stateVersion}`,
      ts,
    },
  }
}
