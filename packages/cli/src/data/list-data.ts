import type { CommandContext, CommandResult } from '../command/context.ts'
import { count } from '../output/numbers.ts'
import { table } from '../output/table.ts'
import { openDataStore, storedDocument, type StoredDocument } from './data-store.ts'
import { rangeText } from './stored-text.ts'

/** All bars of a store. */
export async function listData(
  { store: folder }: { readonly store: string },
  context: CommandContext,
): Promise<CommandResult> {
  const stored = (await openDataStore(context, folder).list({ signal: context.signal })).map(storedDocument)
  return {
    json: { store: folder, stored },
    text: () => (stored.length === 0 ? emptyText(folder) : listText(stored)),
  }
}

function emptyText(folder: string): string {
  return `the store ${folder} is empty\n  do: qmtl data import FILE --instrument ID`
}

function listText(stored: readonly StoredDocument[]): string {
  return table(
    [
      { title: 'instrument' },
      { title: 'interval' },
      { title: 'bars', align: 'right' },
      { title: 'missing', align: 'right' },
      { title: 'range' },
      { title: 'from' },
    ],
    stored.map((bars) => [
      bars.instrument,
      bars.interval,
      count(bars.rows),
      count(bars.gaps.missing_bars),
      rangeText(bars),
      originsText(bars),
    ]),
  )
}

function originsText({ origins }: StoredDocument): string {
  const [first, ...more] = origins
  return more.length === 0 ? (first?.file ?? '') : `${first?.file ?? ''} and ${more.length} more`
}
