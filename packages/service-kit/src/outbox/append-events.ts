import { compareCodePoints, type ControlEvent } from '@qmtl/contracts'
import { sql, type QueryExecutorProvider } from 'kysely'
import type { Migration } from '../database/migrate.ts'
import { withPositionColumn } from '../database/dialect-statements.ts'

/** The tables of an outbox; put it among the migrations of a service that publishes events. */
export const outboxMigration: Migration = {
  name: '0000-outbox',
  async up(trx) {
    await withPositionColumn(trx, trx.schema.createTable('outbox'))
      .addColumn('event_id', 'text', (column) => column.notNull().unique())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .execute()
    await trx.schema
      .createTable('outbox_subject')
      .addColumn('subject', 'text', (column) => column.primaryKey())
      .addColumn('sequence', 'bigint', (column) => column.notNull())
      .execute()
  },
}

type ProducerMember = 'id' | 'type' | 'source' | 'subject' | 'time' | 'data'

/** An event before the outbox numbers it; give it a union such as `WorldEvent` to have each type checked with its data. */
export type EventDraft<Event extends ControlEvent = ControlEvent> = Event extends ControlEvent
  ? Pick<Event, ProducerMember>
  : never

/** Rows of one statement at most: SQLite takes 32,766 values. */
const largestInsert = 1_000

/** A transaction of Kysely, whatever its tables. */
export interface OpenTransaction extends QueryExecutorProvider {
  readonly isTransaction: true
}

/**
 * Writes events in the transaction that changes the state they tell of, and returns them with their `sequence`: from 1
 * per subject, without gaps, in the order of commit. Transactions that write events of one subject wait for each other.
 * An id that still waits in the outbox is a unique violation. Call the relay's `notify` after the commit.
 */
export async function appendEvents(
  trx: OpenTransaction,
  drafts: readonly EventDraft[],
): Promise<readonly ControlEvent[]> {
  if (drafts.length === 0) return []
  const lastOf = await takeSequences(trx, drafts)
  const remaining = countBySubject(drafts)
  const events = drafts.map((draft): ControlEvent => {
    const after = (remaining.get(draft.subject) ?? 1) - 1
    remaining.set(draft.subject, after)
    const { id, type, source, subject, time, data } = draft
    const sequence = (lastOf.get(subject) ?? 0) - after
    return { specversion: '1.0', id, type, source, subject, time, datacontenttype: 'application/json', sequence, data }
  })
  for (const batch of inBatches(events)) {
    const rows = batch.map((event) => sql`(${event.id}, ${event.subject}, ${JSON.stringify(event)})`)
    await sql`insert into outbox (event_id, subject, event) values ${sql.join(rows)}`.execute(trx)
  }
  return events
}

/** Advances the counter of every subject by its number of events; the rows stay locked until the commit. */
async function takeSequences(
  trx: OpenTransaction,
  drafts: readonly EventDraft[],
): Promise<ReadonlyMap<string, number>> {
  // One order for all, or two transactions could wait for each other.
  const counts = [...countBySubject(drafts)].sort(([a], [b]) => compareCodePoints(a, b))
  const lastOf = new Map<string, number>()
  for (const batch of inBatches(counts)) {
    const rows = batch.map(([subject, count]) => sql`(${subject}, cast(${count} as bigint))`)
    const { rows: taken } = await sql<{ subject: string; sequence: number }>`
      insert into outbox_subject (subject, sequence) values ${sql.join(rows)}
      on conflict (subject) do update set sequence = outbox_subject.sequence + excluded.sequence
      returning subject, sequence`.execute(trx)
    for (const { subject, sequence } of taken) lastOf.set(subject, sequence)
  }
  return lastOf
}

function* inBatches<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let start = 0; start < items.length; start += largestInsert) yield items.slice(start, start + largestInsert)
}

function countBySubject(drafts: readonly EventDraft[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { subject } of drafts) counts.set(subject, (counts.get(subject) ?? 0) + 1)
  return counts
}
