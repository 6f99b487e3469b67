import { b3, formatInstant, type QueueUpdated } from '@qmtl/contracts'
import type { EventDraft } from '@qmtl/service-kit'
import type { TouchedTagSet } from './graph-draft.ts'
import { tagsOfText } from './tag-text.ts'

const hashFrom = 'blake3:'.length
const hashTo = hashFrom + 32

/**
 * Names a queue set: ordering scope of its events and key of its counter. World, domain and interval can be read; the hash
 * covers them, `as_of`, partition and tags, which may be longer than a key of a database.
 */
export function queueSetKeyOf({ interval, context, queueContext, tags }: TouchedTagSet): string {
  const { world_id, execution_domain } = context
  const hash = b3(`${interval} ${tags} ${queueContext}`).slice(hashFrom, hashTo)
  return `queues:${world_id ?? ''}:${execution_domain}:${interval}:${hash}`
}

/**
 * Tells the full list of queues that carry exactly the tags of a set in one context, never a delta. `stateVersion` counts
 * the changes of this set from 1; `topics` are in order of their bytes.
 */
export function queueUpdatedOf(
  set: TouchedTagSet,
  topics: readonly string[],
  stateVersion: number,
  nowMs: number,
): EventDraft<QueueUpdated> {
  const subject = queueSetKeyOf(set)
  const { world_id, execution_domain, as_of, partition } = set.context
  const ts = formatInstant(nowMs)
  return {
    id: `queue_updated:${subject}:${stateVersion}`,
    type: 'queue_updated',
    source: 'qmtl.dagmanager',
    subject,
    time: ts,
    data: {
      version: 1,
      tags: tagsOfText(set.tags),
      interval: set.interval,
      queues: topics.map((queue) => ({ queue, global: false })),
      ...{ world_id, execution_domain, as_of, partition },
      state_version: stateVersion,
      etag: `${subject}:${stateVersion}`,
      ts,
    },
  }
}
